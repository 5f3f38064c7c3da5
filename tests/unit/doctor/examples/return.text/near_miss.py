from fastapi import APIRouter
from fastapi.responses import HTMLResponse, PlainTextResponse

router = APIRouter()


@router.get("/hello", response_class=HTMLResponse)
async def hello():
    return "<h1>hello</h1>"


@router.get("/plain")
async def plain():
    return PlainTextResponse("hello")


@router.get("/dict")
async def as_dict():
    def inner():
        return "hello"

    return {"text": inner()}
