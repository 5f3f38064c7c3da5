"""Who the session belongs to."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, HTTPException

from gateway.compat.login import CurrentUser, Login
from gateway.compat.session import ReadableSession
from v2.kept import PLAIN
from v2.wire import HttpDate, Model

router = APIRouter(route_class=PLAIN)


class Person(Model):
    authenticated: bool
    email: str
    name: str
    role: str
    fresh: bool
    recent: list[str]
    since: HttpDate | None


@router.get("/whoami")
async def whoami(user: CurrentUser, login: Login, session: ReadableSession) -> Person:
    """Tell who the session belongs to."""
    if user is None:
        raise HTTPException(401, "Nobody is logged in.")
    since: datetime | None = session.get("since")
    return Person(
        authenticated=True,
        email=user.email,
        name=user.name,
        role=user.role,
        fresh=await login.is_fresh(),
        recent=session.get("recent", []),
        since=since,
    )
