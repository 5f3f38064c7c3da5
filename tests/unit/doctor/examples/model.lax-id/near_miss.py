from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StrictInt

router = APIRouter()
Number = Annotated[int, Field(strict=True, ge=1)]


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class Order(Strict):
    id: int


class Line(BaseModel):
    product_id: StrictInt
    order_id: Number
    paid: Annotated[bool, Field(strict=True)]
    slug_id: str


class Shown(BaseModel):
    """Only ever sent: what v2 makes itself needs no strictness."""

    id: int


@router.post("/orders")
async def create(order: Order, line: Line) -> Shown:
    return Shown(id=order.id + line.product_id)
