from typing import Optional

from pydantic import BaseModel


class Base(BaseModel):
    pass


class Invoice(Base):
    number: str
    total_amount: float  # <- model.float-money
    discount: Optional[float] = None  # <- model.float-money
    line_prices: list[float]  # <- model.float-money
