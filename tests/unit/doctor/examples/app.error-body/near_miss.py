from fastapi import FastAPI
from starlette.exceptions import HTTPException


def create_app():
    app = FastAPI(redirect_slashes=False)

    @app.exception_handler(HTTPException)
    async def refuse(request, error):
        return error

    return app
