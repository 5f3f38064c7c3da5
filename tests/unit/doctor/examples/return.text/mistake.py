from fastapi import APIRouter

router = APIRouter()


@router.get("/hello/{name}")
async def hello(name: str):
    if not name:
        return "hello"  # <- return.text
    return f"hello {name}"  # <- return.text
