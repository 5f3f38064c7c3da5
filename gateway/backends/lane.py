"""Where an application runs: what `LocalBackend` needs to know of it, and the scope that the application gets."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from gateway.asgi import Receive, Scope, Send
from gateway.backends.context import Variables

_EXTENSIONS = frozenset({"tls", "websocket.http.response"})
"""The extensions that an application may use; the others let it send messages that the door does not know."""


@dataclass(frozen=True, slots=True)
class CallOptions:
    """What a caller may ask for one call.

    `variables` are set in the otherwise empty context of the call. With `until_return` the call lasts until the
    application has returned, and raises what it raised, be it after a complete answer; else it ends with the answer,
    and what the application raises after it is logged.
    """

    variables: Variables = field(default_factory=dict)
    until_return: bool = False


class Lane(Protocol):
    """An event loop for an application, with its calls."""

    async def run(self, job: Callable[[], Coroutine[Any, Any, None]], limit: float) -> None:
        """Run `job` on the application's loop; TimeoutError when it is not done after `limit` seconds."""

    async def call(self, app: Any, scope: Scope, receive: Receive, send: Send, options: CallOptions) -> None:
        """Ask the application."""

    async def drain(self, grace: float) -> None:
        """Wait for calls in flight, at most `grace` seconds; cancel what is left."""

    async def close(self) -> None:
        """Let go of the loop."""

    @property
    def leaked(self) -> int:
        """Calls that were cancelled and still run."""

    @property
    def revivals(self) -> int:
        """How often the application stopped its loop."""

    def lag(self) -> float:
        """Seconds that the application's loop is behind."""


def private_scope(scope: Scope, state: Mapping[str, Any]) -> dict[str, Any]:
    """A copy that the application may change as it likes. `state` is what its lifespan left, below the request's."""
    private = dict(scope)
    private["asgi"] = dict(scope["asgi"])
    private["headers"] = list(scope["headers"])
    private["state"] = {**state, **scope.get("state", {})}
    if "subprotocols" in private:
        private["subprotocols"] = list(private["subprotocols"])
    extensions = private.pop("extensions", None)
    if extensions:
        private["extensions"] = {name: dict(extensions[name]) for name in extensions if name in _EXTENSIONS}
    return private


def has_no_body(scope: Scope) -> bool:
    """Whether the request's headers say that it has no body: in HTTP/1 neither of the two that announce one."""
    if not scope["http_version"].startswith("1"):
        return False
    for name, value in scope["headers"]:
        if name == b"transfer-encoding" or (name == b"content-length" and value != b"0"):
            return False
    return True
