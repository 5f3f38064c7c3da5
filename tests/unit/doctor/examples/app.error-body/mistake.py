from fastapi import FastAPI


def create_app():
    return FastAPI(redirect_slashes=False)  # <- app.error-body
