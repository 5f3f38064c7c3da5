from fastapi import FastAPI, HTTPException

app = FastAPI(redirect_slashes=False)
app.add_exception_handler(HTTPException, print)
