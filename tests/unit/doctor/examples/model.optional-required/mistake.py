from typing import Optional

from fastapi import APIRouter
from pydantic import BaseModel, Field

router = APIRouter()


class Address(BaseModel):
    street: str
    floor: Optional[str]  # <- model.optional-required
    door: Optional[str] = Field(max_length=10)  # <- model.optional-required


@router.post("/addresses")
async def create(address: Address):
    return {"street": address.street}
