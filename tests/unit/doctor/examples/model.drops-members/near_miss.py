from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

router = APIRouter()


class Page(BaseModel):
    items: list[str]
    total: int = Field(alias="totalItems")


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")

    items: list[str]


@router.get("/words", response_model=Page)
async def words():
    return {"items": ["a"], "totalItems": 1}


@router.get("/open", response_model=Open)
async def opened():
    return {"items": ["a"], "anything": 1}


@router.get("/plain")
async def plain():
    return {"items": ["a"], "total": 1}
