from typing import Optional

from fastapi import APIRouter
from pydantic import BaseModel, Field

router = APIRouter()


class Address(BaseModel):
    street: str
    floor: Optional[str] = None
    door: Optional[str] = Field(default=None, max_length=10)
    note: str | None


class Shown(BaseModel):
    floor: Optional[str]


@router.post("/addresses")
async def create(address: Address) -> Shown:
    return Shown(floor=address.floor)
