"""One Flask application and its naive port, asked the same in process: Flask through the bridge."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import unquote

from fastapi import FastAPI
from flask import Flask

from gateway.asgi import HOSTING, Hosting
from gateway.backends.bridge import Bridge
from gateway.backends.local import LocalBackend
from gateway.compat.wire.install import install
from gateway.exchange import Headers, Request, Response
from gateway.parity.compare import compare
from gateway.parity.difference import Comparison, Verdict
from gateway.parity.rules import Rules

TODAY = date(2026, 3, 1)


@dataclass(frozen=True)
class Row:
    """A trap, provoked: what each side's author wrote, and one request.

    `headers` beside Host. `mount` is a prefix that only legacy believes in. `kept` is the port with the cause's compat
    switch, where that is more than the name of a switch to install.
    """

    trap: str
    title: str
    legacy: Callable[[Flask], Any]
    v2: Callable[[FastAPI], Any]
    target: str = "/r"
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    verdict: Verdict = Verdict.MISMATCH
    mount: str = ""
    kept: Callable[[FastAPI], Any] | None = None

    def __str__(self) -> str:
        return f"{self.trap}-{self.title}"


@dataclass(frozen=True)
class Asked:
    """The request, both answers, and the compat switches that v2 used, each as often as it did."""

    request: Request
    legacy: Response
    v2: Response
    used: tuple[str, ...] = ()


async def ask_pair(row: Row, switch: str = "") -> Asked:
    """Both sides asked; v2 with one compat switch, and the legacy application bound, where a switch is named."""
    flask = Flask(row.trap)
    flask.secret_key = "for tests"
    row.legacy(flask)
    fastapi = FastAPI()
    used: list[str] = []
    if switch and row.kept is not None:
        row.kept(fastapi)
    else:
        if switch:
            install(fastapi, switch)
        row.v2(fastapi)
    bridge = Bridge(_mounted(flask.wsgi_app, row.mount))
    hosting = Hosting(flask, used.append) if switch else Hosting()
    backend = LocalBackend(fastapi, isolation="inline", variables={HOSTING: hosting})
    await backend.start()
    await backend.settled()
    try:
        legacy = await _ask(bridge, row)
        v2 = await _ask(backend, row)
    finally:
        await backend.stop(1.0)
        await bridge.shutdown(1.0)
    path, _, query = row.target.partition("?")
    request = Request("id-1", row.method, path, query.encode(), Headers(tuple(_headers(row))), row.body)
    return Asked(request, legacy, v2, tuple(used))


async def compared(row: Row) -> Comparison:
    """What the comparison makes of it."""
    return judged(await ask_pair(row))


def judged(asked: Asked) -> Comparison:
    """The same of what was asked already."""
    return compare(asked.legacy, asked.v2, Rules(), request=asked.request, today=TODAY)


def _headers(row: Row) -> list[tuple[bytes, bytes]]:
    fields = {"host": "shop.test", **row.headers}
    if row.body:
        fields["content-length"] = str(len(row.body))
    return [(name.encode(), value.encode("latin-1")) for name, value in fields.items()]


def _mounted(app: Any, prefix: str) -> Any:
    """The application below a prefix, as a proxy's `X-Script-Name` or a DispatcherMiddleware has it."""
    return lambda environ, start_response: app({**environ, "SCRIPT_NAME": prefix}, start_response)


async def _ask(backend: Any, row: Row) -> Response:
    path, _, query = row.target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": row.method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": _headers(row),
        "client": ("192.0.2.7", 51000),
        "server": ("shop.test", 80),
        "state": {},
    }
    sent: list[dict[str, Any]] = []
    waiting = [{"type": "http.request", "body": row.body, "more_body": False}]
    over = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop()
        await over.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            over.set()

    async with asyncio.timeout(20):
        await backend(scope, receive, send)
    lines = tuple((bytes(name).lower(), bytes(value)) for name, value in sent[0]["headers"])
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Response(sent[0]["status"], Headers(lines), body)
