from functools import cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

router = APIRouter()
TEMPLATE = Path("template.html").read_text()


@router.get("/report", response_class=FileResponse)
async def report():
    return FileResponse(Path("reports") / "report.csv")


@router.get("/lines")
def lines():
    with open("report.csv") as file:
        return {"lines": len(file.readlines())}


@cache
def words():
    return Path("words.txt").read_text().split()


@router.get("/words")
async def first_word():
    return {"word": words()[0]}
