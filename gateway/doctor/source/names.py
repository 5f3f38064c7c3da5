"""One name for what libraries export from several places, so that a check has to know one. Pure."""

from __future__ import annotations

from collections.abc import Mapping

_SAME: Mapping[str, str] = {
    "fastapi.param_functions.": "fastapi.",
    "fastapi.params.": "fastapi.",
    "fastapi.applications.": "fastapi.",
    "fastapi.routing.": "fastapi.",
    "fastapi.responses.": "starlette.responses.",
    "fastapi.requests.Request": "starlette.requests.Request",
    "fastapi.concurrency.": "starlette.concurrency.",
    "fastapi.exceptions.HTTPException": "fastapi.HTTPException",
    "fastapi.Response": "starlette.responses.Response",
    "fastapi.Request": "starlette.requests.Request",
    "sqlalchemy.orm.session.": "sqlalchemy.orm.",
    "sqlalchemy.engine.create_engine": "sqlalchemy.create_engine",
    "sqlalchemy.engine.Engine": "sqlalchemy.Engine",
    "sqlalchemy.engine.base.": "sqlalchemy.",
    "sqlalchemy.engine.Connection": "sqlalchemy.Connection",
    "sqlmodel.create_engine": "sqlalchemy.create_engine",
    "sqlmodel.Session": "sqlalchemy.orm.Session",
    "sqlmodel.orm.session.": "sqlalchemy.orm.",
    "redis.client.": "redis.",
    "redis.StrictRedis": "redis.Redis",
    "redis.from_url()": "redis.Redis()",
    "redis.Redis.from_url": "redis.from_url",
    "redis.asyncio.client.": "redis.asyncio.",
    "redis.asyncio.StrictRedis": "redis.asyncio.Redis",
    "redis.asyncio.Redis.from_url": "redis.asyncio.from_url",
    "aioredis.": "redis.asyncio.",
    "requests.api.": "requests.",
    "requests.sessions.": "requests.",
    "requests.session": "requests.Session",
    "aiohttp.client.": "aiohttp.",
    "pathlib.PosixPath": "pathlib.Path",
    "werkzeug.security.security.": "werkzeug.security.",
    "io.open": "builtins.open",
    "pydantic.main.": "pydantic.",
    "pydantic.fields.": "pydantic.",
    "typing_extensions.": "typing.",
    "psycopg.Connection.connect": "psycopg.connect",
}


def canonical(symbol: str) -> str:
    """The symbol by the name that checks know."""
    for other, known in _SAME.items():
        if symbol.startswith(other) and (other.endswith(".") or symbol[len(other) :][:1] in {"", ".", "("}):
            return canonical(known + symbol[len(other) :])
    return symbol
