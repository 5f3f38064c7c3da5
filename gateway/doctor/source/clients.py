"""Clients of other services: made for every request, or waiting without a limit. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from gateway.doctor.hit import Hit
from gateway.doctor.source.module import module_of
from gateway.doctor.source.names import canonical
from gateway.doctor.source.project import Project
from gateway.doctor.source.roots import per_request

CLIENTS: Mapping[str, str] = {
    "httpx.AsyncClient": "an HTTP client",
    "httpx.Client": "an HTTP client",
    "aiohttp.ClientSession": "an HTTP client",
    "requests.Session": "an HTTP client",
    "urllib3.PoolManager": "an HTTP client",
    "sqlalchemy.create_engine": "an engine with its pool",
    "sqlalchemy.ext.asyncio.create_async_engine": "an engine with its pool",
    "asyncpg.create_pool": "a pool",
    "psycopg_pool.AsyncConnectionPool": "a pool",
    "psycopg_pool.ConnectionPool": "a pool",
    "redis.Redis": "a pool",
    "redis.from_url": "a pool",
    "redis.asyncio.Redis": "a pool",
    "redis.asyncio.from_url": "a pool",
    "pymongo.MongoClient": "a pool",
    "motor.motor_asyncio.AsyncIOMotorClient": "a pool",
    "boto3.client": "a client",
}
_AT_ONCE = frozenset({
    *(f"{module}.{name}" for module in ("requests", "httpx")
      for name in ("get", "post", "put", "patch", "delete", "head", "options", "request")),
})  # fmt: skip

UNLIMITED: Mapping[str, tuple[tuple[str, ...], str]] = {
    **{f"requests.{name}": (("timeout",), "waits for ever") for name in
       ("get", "post", "put", "patch", "delete", "head", "options", "request")},
    **{f"requests.Session().{name}": (("timeout",), "waits for ever") for name in
       ("get", "post", "put", "patch", "delete", "head", "options", "request")},
    "urllib.request.urlopen": (("timeout",), "waits for ever"),
    "aiohttp.ClientSession": (("timeout",), "waits for five minutes"),
    "asyncpg.connect": (("command_timeout",), "lets a statement run for ever"),
    "asyncpg.create_pool": (("command_timeout",), "lets a statement run for ever"),
    "psycopg.connect": (("connect_timeout", "options"), "waits for ever"),
    "psycopg2.connect": (("connect_timeout", "options"), "waits for ever"),
    "pymysql.connect": (("read_timeout",), "waits for ever"),
    "redis.Redis": (("socket_timeout",), "waits for ever"),
    "redis.from_url": (("socket_timeout",), "waits for ever"),
    "redis.asyncio.Redis": (("socket_timeout",), "waits for ever"),
    "redis.asyncio.from_url": (("socket_timeout",), "waits for ever"),
    "smtplib.SMTP": (("timeout",), "waits for ever"),
    "smtplib.SMTP_SSL": (("timeout",), "waits for ever"),
    "aiosmtplib.send": (("timeout",), "waits for a minute"),
    "socket.create_connection": (("timeout",), "waits for ever"),
}  # fmt: skip
"""What has no limit unless one of its arguments gives one, and what it does then."""

_HTTPX = ("httpx.AsyncClient", "httpx.Client", "httpx.get", "httpx.post", "httpx.request", "httpx.Timeout")


def clients_per_request(project: Project) -> Iterator[Hit]:
    """Clients and pools that are made in what runs for a request."""
    for function in per_request(project):
        for node in function.nodes:
            if not isinstance(node, ast.Call):
                continue
            symbol = canonical(project.symbol(node.func, function))
            if symbol in CLIENTS:
                what = f"{symbol} makes {CLIENTS[symbol]} each time that {function.node.name} runs for a request"
                yield _hit(function.module.path, node, "client.per-request", what)
            elif symbol in _AT_ONCE:
                what = f"{symbol}() makes an HTTP client and throws it away, each time that {function.node.name} runs"
                yield _hit(function.module.path, node, "client.per-request", what)


def missing_timeouts(project: Project) -> Iterator[Hit]:
    """Calls that wait without a limit, wherever they are."""
    for place in project.places:
        for node in place.nodes:
            if not isinstance(node, ast.Call) or any(one.arg is None for one in node.keywords):
                continue  # **options may hold one
            symbol = canonical(project.symbol(node.func, place))
            given = {str(one.arg): one.value for one in node.keywords}
            path = module_of(place).path
            if symbol in UNLIMITED:
                names, does = UNLIMITED[symbol]
                values = [given[name] for name in names if name in given]
                if all(_is_none(value) for value in values):
                    yield _hit(path, node, "timeout.missing", f"{symbol} without {names[0]}= {does}")
            elif (symbol in _HTTPX or symbol.startswith(("httpx.AsyncClient().", "httpx.Client()."))) and _is_none(
                given.get("timeout")
            ):
                yield _hit(path, node, "timeout.missing", f"{symbol} with timeout=None waits for ever")


def _is_none(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _hit(path: str, node: ast.expr, check: str, what: str) -> Hit:
    return Hit(path, node.lineno, node.col_offset + 1, check, what)
