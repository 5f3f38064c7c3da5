from typing import Annotated

from fastapi import APIRouter, Body, Depends, Header

router = APIRouter()


def page_of(page: str = "1"):
    return int(page) if page.isdecimal() else 1


Page = Annotated[int, Depends(page_of)]


@router.get("/words/{number}")
async def words(
    number: int,
    page: Page,
    word: str = "",
    length: Annotated[int, Header()] = 0,
    other: int = Depends(page_of),
    weight: int = Body(1),
):
    return {"number": number, "page": page, "word": word, "length": length, "other": other, "weight": weight}
