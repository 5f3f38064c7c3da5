from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel


class Invoice(BaseModel):
    price: Decimal
    amount: int
    tax_rate: float
    latitude: float
    prices_count: int


@dataclass
class Estimate:
    price: float
