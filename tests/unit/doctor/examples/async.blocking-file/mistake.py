from functools import cache
from pathlib import Path

from fastapi import APIRouter

router = APIRouter()


@router.get("/report")
async def report():
    with open("report.csv") as file:
        lines = file.readlines()  # <- async.blocking-file
    Path("copy.csv").write_text("".join(lines))  # <- async.blocking-file
    return {"lines": len(lines)}


@cache
def page(name):
    return Path(name).read_text()


@router.get("/pages/{name}")
async def show(name: str):
    return {"text": page(name)}  # <- async.blocking-file
