"""Who has an account, and whether the password is right."""

from __future__ import annotations

from fastapi.concurrency import run_in_threadpool
from sqlalchemy import select
from werkzeug.security import check_password_hash

from legacy.tables import users
from v2.resources import Database
from v2.wire import Model


class User(Model):
    id: int
    email: str
    name: str
    password_hash: str
    role: str
    active: bool
    employee_id: int | None


_COLUMNS = [users.c[name] for name in User.model_fields]


async def by_email(database: Database, email: str) -> User | None:
    """The active user with this address, however it is written."""
    chosen = select(*_COLUMNS).where(users.c.email == email.strip().lower(), users.c.active)
    row = await database.first(chosen)
    return None if row is None else User.model_validate(dict(row))


async def authenticate(database: Database, email: str, password: str) -> User | None:
    """The active user with this address and this password."""
    user = await by_email(database, email)
    if user is None or not await run_in_threadpool(check_password_hash, user.password_hash, password):
        return None
    return user
