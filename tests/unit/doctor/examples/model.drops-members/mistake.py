from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()


class Page(BaseModel):
    items: list[str]


@router.get("/words", response_model=Page)
async def words():
    return {"items": ["a"], "total": 1}  # <- model.drops-members


@router.get("/more")
async def more() -> Page:
    return {"items": ["a"], "next": "/more?page=2"}  # <- model.drops-members
