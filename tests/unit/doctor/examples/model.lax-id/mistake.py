from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()


class Line(BaseModel):
    product_id: int  # <- model.lax-id
    quantity: int


class Order(BaseModel):
    id: int  # <- model.lax-id
    lines: list[Line]


@router.post("/orders")
async def create(order: Order):
    return {"id": order.id}
