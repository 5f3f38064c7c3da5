from fastapi import FastAPI

app = FastAPI(title="Shop")  # <- app.redirect-slashes app.error-body
