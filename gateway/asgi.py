"""ASGI's types, and the scope that a backend is given.

A backend never sees the scope of the host: frameworks write into it (`app`, `router`, `path_params`, `state` ...)
and read what others wrote. `fresh_scope` copies the keys of the ASGI specification (HTTP 2.5, WebSocket 2.5) only.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
RawHeaders = list[tuple[bytes, bytes]]

IS_SHADOW: ContextVar[bool] = ContextVar("gateway_is_shadow", default=False)
"""True while a side is asked in the background. `gateway.compat.is_shadow` is how an application reads it."""


def _unheard(_switch: str, /) -> None:
    """Nobody counts what an application uses where it runs alone."""


@dataclass(frozen=True, slots=True)
class Hosting:
    """What the process around an application tells it, beside the request. `gateway.compat` is how it is read.

    `legacy` is the Flask object that answers for the other side, None where there is none in this process. `applied`
    is told the name of each compat switch that did something; it may be called on any thread. `proxies` are the
    middlewares around legacy that change who and where a client is (Werkzeug's ProxyFix), the outermost first.
    """

    legacy: Any = None
    applied: Callable[[str], None] = _unheard
    proxies: tuple[Any, ...] = ()


HOSTING: ContextVar[Hosting] = ContextVar("gateway_hosting", default=Hosting())  # noqa: B039 - it is frozen
"""Set for every call of v2 and for its lifespan; the default is an application that runs without a gateway."""


class Backend(Protocol):
    """An ASGI application that can answer for a side.

    Raises `gateway.errors.BackendError` when there is no answer. Cancelling the call is always safe:
    whatever it holds is let go, now or, where a thread cannot be stopped, when that thread is done.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send, /) -> None:
        """Answer one request."""


def until_disconnect(receive: Receive) -> Receive:
    """A `receive` for an application that has been given the whole request: nothing but a disconnect comes any more.

    The server's own messages of that request are passed over. Starlette's BaseHTTPMiddleware takes a second end of the
    request for a fault and cancels the running answer.
    """

    async def disconnect() -> Message:
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return message

    return disconnect


def fresh_scope(scope: Scope, *, path: str, raw_path: bytes, headers: RawHeaders) -> dict[str, Any]:
    """A scope with the keys of the specification only; `root_path` is always empty, `state` always new.

    The values are those of `scope`, except for the target and the headers, which the door has settled.
    """
    fresh: dict[str, Any] = {
        "type": scope["type"],
        "asgi": scope["asgi"],
        "http_version": scope["http_version"],
        "scheme": scope["scheme"],
        "path": path,
        "raw_path": raw_path,
        "query_string": scope["query_string"],
        "root_path": "",
        "headers": headers,
        "client": scope.get("client"),
        "server": scope.get("server"),
        "state": {},
    }
    if scope["type"] == "http":
        fresh["method"] = scope["method"]
    else:
        fresh["subprotocols"] = list(scope.get("subprotocols", ()))
    if "extensions" in scope:
        fresh["extensions"] = dict(scope["extensions"])
    return fresh
