"""Both sides asked in this process, and compared as the gateway compares: what a scaffolded test calls.

    legacy = load_legacy("legacy.app:create_app()")
    comparison = compared(legacy, router, "GET", "/employee/1")
    assert_parity(legacy, router, "GET", "/employee/1")

Flask runs through the gateway's bridge and the router in an application of its own, bound to the very Flask object. No
port is opened; what a request writes, it writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from fastapi import APIRouter, FastAPI
from flask import Flask

from gateway.asgi import HOSTING, Backend, Hosting, Message
from gateway.backends.bridge import Bridge
from gateway.backends.load import flask_behind, load_wsgi
from gateway.backends.local import LocalBackend
from gateway.compat.legacy import bind
from gateway.errors import ImportFailed
from gateway.exchange import Failure, FailureKind, Headers, Outcome, Request
from gateway.mapfile.judging import judging_of
from gateway.mapfile.load import read_map
from gateway.mapfile.lookup import require_route
from gateway.parity.causes import rendered
from gateway.parity.compare import compare
from gateway.parity.difference import Comparison, Verdict
from gateway.parity.rules import Rules
from gateway.proxy.capture import Capture

LIMIT = 16 * 1024 * 1024
"""Bytes of an answer that are compared."""
SAME = frozenset({Verdict.MATCH, Verdict.EQUIVALENT, Verdict.EXCUSED})
SECONDS = 10.0
GRACE = 2.0


Legacy = Callable[..., Any]
"""The legacy application, as it is imported: a Flask object, or what wraps one."""


def load_legacy(import_string: str) -> Legacy:
    """Import the legacy application; once for many requests. Raises ImportFailed."""
    return load_wsgi(import_string)


def load_rules(map_path: str | Path, route: str) -> Rules:
    """What the map excuses, leaves unordered or tolerates on a route. Raises MapInvalid and RouteUnknown."""
    loaded = read_map(Path(map_path))
    return judging_of(loaded)[require_route(loaded, route).id].rules


def compared(
    legacy: Legacy,
    router: APIRouter | FastAPI,
    method: str,
    target: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    rules: Rules | None = None,
) -> Comparison:
    """Ask both sides one request and compare. `target` is path and query as on the request line.

    A side that has not answered in full within ten seconds has failed. Raises ImportFailed where there is no Flask
    application behind `legacy`.
    """
    flask = flask_behind(legacy)
    if flask is None:
        raise ImportFailed(f"no Flask object was found behind {legacy!r}")
    fields = {"host": "localhost", **{name.lower(): value for name, value in (headers or {}).items()}}
    if body:
        fields["content-length"] = str(len(body))
    path, _, query = target.partition("?")
    lines = tuple((name.encode(), value.encode("latin-1")) for name, value in fields.items())
    request = Request("scaffold", method, unquote(path), query.encode(), Headers(lines), body)
    ours, theirs = asyncio.run(_both(legacy, flask, router, request, path))
    return compare(ours, theirs, rules or Rules(), request=request, today=datetime.now(UTC).date())


def assert_parity(
    legacy: Legacy,
    router: APIRouter | FastAPI,
    method: str,
    target: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    rules: Rules | None = None,
) -> None:
    """Raise AssertionError, with a line for each difference and its cause, unless both sides answer the same.

    `rules` say what may differ, as `load_rules` reads them of the map.
    """
    found = compared(legacy, router, method, target, headers=headers, body=body, rules=rules)
    if found.verdict not in SAME:
        lines = [f"  {rendered(one)}" for one in found.differences]
        raise AssertionError("\n".join([f"{method} {target}: {found.verdict} {found.reason}".rstrip(), *lines]))


async def _both(
    application: Legacy, flask: Flask, router: APIRouter | FastAPI, request: Request, raw_path: str
) -> tuple[Outcome, Outcome]:
    if isinstance(router, FastAPI):
        app = router
    else:
        app = FastAPI(redirect_slashes=False, docs_url=None, redoc_url=None, openapi_url=None)
        bind(app)
        app.include_router(router)
    bridge = Bridge(application)
    backend = LocalBackend(app, isolation="inline", variables={HOSTING: Hosting(flask, _uncounted)})
    await backend.start()
    await backend.settled()
    try:
        return await _ask(bridge, request, raw_path), await _ask(backend, request, raw_path)
    finally:
        await backend.stop(GRACE)
        await bridge.shutdown(GRACE)


async def _ask(backend: Backend, request: Request, raw_path: str) -> Outcome:
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": raw_path.encode(),
        "query_string": request.query,
        "root_path": "",
        "headers": list(request.headers.raw),
        "client": ("127.0.0.1", 50000),
        "server": ("localhost", 80),
        "state": {},
    }
    capture = Capture(LIMIT)
    ended = asyncio.Event()
    waiting: list[Message] = [{"type": "http.request", "body": request.body or b"", "more_body": False}]

    async def receive() -> Message:
        if waiting:
            return waiting.pop()
        await ended.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        capture.take(message)
        if capture.completed or capture.too_large:
            ended.set()

    try:
        async with asyncio.timeout(SECONDS):
            await backend(scope, receive, send)
    except TimeoutError:
        return Failure(FailureKind.TIMEOUT, f"no whole answer within {SECONDS:g} seconds")
    except Exception:
        if not capture.completed:  # Starlette answers 500 first, and raises then
            raise
    return capture.response()


def _uncounted(_switch: str) -> None:
    """Nobody counts the uses of switches in a test."""
