"""A list, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from fastapi import HTTPException
from sqlalchemy import RowMapping, Select, func, select

from v2.resources import Database


@dataclass(frozen=True, slots=True)
class Page:
    """One page; pages are counted from 1. `total` is of all pages."""

    rows: Sequence[RowMapping]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many there are."""
        return ceil(self.total / self.size)

    @property
    def following(self) -> int | None:
        """The number of the next one."""
        return self.number + 1 if self.number < self.pages else None

    @property
    def preceding(self) -> int | None:
        """The number of the one before."""
        return self.number - 1 if self.number > 1 else None


async def page_of(database: Database, chosen: Select[Any], number: int, size: int) -> Page:
    """A page of what is chosen. Raises HTTPException(404) for one that is not there; the first one always is."""
    if number < 1 or size < 1:
        raise HTTPException(404)
    rows = await database.all(chosen.limit(size).offset((number - 1) * size))
    if not rows and number > 1:
        raise HTTPException(404)
    total = await database.scalar(select(func.count()).select_from(chosen.order_by(None).subquery()))
    return Page(rows, number, size, total)
