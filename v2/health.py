"""For load balancers and monitors."""

from __future__ import annotations

import logging
from typing import Literal

from fastapi import APIRouter, Response
from sqlalchemy import literal, select
from sqlalchemy.exc import SQLAlchemyError

from v2.kept import PLAIN
from v2.resources import Held
from v2.settings import APP_VERSION
from v2.wire import Model

router = APIRouter(tags=["health"], route_class=PLAIN)


class Checks(Model):
    database: Literal["ok", "down"]
    cache: Literal["memory", "redis"]


class Health(Model):
    status: Literal["ok", "down"]
    checks: Checks
    version: str


@router.get("/health")
async def health(held: Held, response: Response) -> Health:
    """Tell whether the application can work."""
    try:
        await held.database.scalar(select(literal(1)))
    except (SQLAlchemyError, OSError):  # asyncpg lets a refused connection through as it is
        logging.getLogger("v2.health").exception("the database is down")
        response.status_code = 503
        return Health(status="down", checks=Checks(database="down", cache=held.cache.kind), version=APP_VERSION)
    return Health(status="ok", checks=Checks(database="ok", cache=held.cache.kind), version=APP_VERSION)
