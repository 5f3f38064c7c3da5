"""A backend is given the keys of the ASGI specification and nothing of the host's."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.asgi import fresh_scope, until_disconnect

HOST: dict[str, Any] = {
    "type": "http",
    "asgi": {"version": "3.0", "spec_version": "2.5"},
    "http_version": "1.1",
    "scheme": "https",
    "method": "GET",
    "path": "/host",
    "raw_path": b"/host",
    "query_string": b"a=1",
    "root_path": "/mounted",
    "headers": [(b"host", b"h")],
    "client": ("192.0.2.1", 5),
    "server": ("192.0.2.2", 443),
    "state": {"the host's": object()},
    "extensions": {"http.response.debug": {}},
    # what Starlette and FastAPI leave behind
    "app": object(),
    "router": object(),
    "endpoint": object(),
    "path_params": {"x": 1},
    "starlette.exception_handlers": ({}, {}),
}


def fresh(**changes: Any) -> dict[str, Any]:
    return fresh_scope({**HOST, **changes}, path="/é", raw_path=b"/%C3%A9", headers=[(b"host", b"x")])


def test_what_the_host_wrote_into_the_scope_does_not_reach_a_backend() -> None:
    assert {"app", "router", "endpoint", "path_params", "starlette.exception_handlers"}.isdisjoint(fresh())


def test_the_backend_sees_the_target_and_the_headers_that_the_door_settled() -> None:
    scope = fresh()
    assert (scope["path"], scope["raw_path"], scope["headers"]) == ("/é", b"/%C3%A9", [(b"host", b"x")])


def test_a_mounted_host_leaves_no_root_path() -> None:
    """Case 27, bridge row 9."""
    assert fresh()["root_path"] == ""


def test_state_and_extensions_are_not_shared_with_the_host() -> None:
    """Case 85."""
    scope = fresh()
    scope["state"]["x"] = 1
    scope["extensions"]["y"] = {}
    assert "x" not in HOST["state"]
    assert "y" not in HOST["extensions"]


def test_a_websocket_keeps_its_subprotocols_and_has_no_method() -> None:
    scope = fresh(type="websocket", subprotocols=["graphql-ws"])
    assert scope["subprotocols"] == ["graphql-ws"]
    assert "method" not in scope


@pytest.mark.anyio
async def test_after_the_whole_request_only_a_disconnect_comes() -> None:
    """Starlette's BaseHTTPMiddleware cancels the answer of an application that is told twice."""
    end = {"type": "http.request", "body": b"", "more_body": False}
    waiting = [end, end, {"type": "http.disconnect"}, {"type": "http.disconnect"}]

    async def server() -> dict[str, object]:
        return waiting.pop(0)

    receive = until_disconnect(server)
    assert [await receive(), await receive()] == [{"type": "http.disconnect"}] * 2
