"""A WebSocket to a remote server: the way out for legacy routes that speak it (flask-sock, Socket.IO).

The handshake is made again with the remote, with the client's headers and subprotocols. What the remote decides, the
client gets: an accepted connection, or the refusal as it is where the client's server can send one.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.http11 import Response
from websockets.typing import Subprotocol

from gateway.asgi import Message, RawHeaders, Receive, Scope, Send
from gateway.backends.forwarding import end_to_end, request_headers, target
from gateway.errors import BackendProtocolError, BackendUnavailable

_NO_CODE = 1005
"""RFC 6455, 7.4.1: what a close without a code is called; it is never on the wire."""

_LOST = 1006
"""The same for a connection that ended without a close."""


async def proxy_websocket(url: httpx.URL, limit: float, scope: Scope, receive: Receive, send: Send) -> None:
    """Connect to the server at `url` within `limit` seconds and pass messages both ways until either side closes.

    Raises BackendUnavailable when nobody is there and BackendProtocolError when what answers is not HTTP.
    """
    if (await receive())["type"] != "websocket.connect":
        return
    handshake = _Handshake.of(scope, url)
    try:
        connection = await _Connect(
            f"{'wss' if url.scheme == 'https' else 'ws'}://{url.netloc.decode('ascii')}/",
            create_connection=handshake.connection,  # type: ignore[arg-type] # any factory will do, its docs say
            additional_headers=handshake.headers,
            subprotocols=[Subprotocol(name) for name in scope.get("subprotocols", ())] or None,
            compression=None,
            user_agent_header=None,
            proxy=None,
            open_timeout=limit,
            ping_interval=None,
            max_size=None,
        )
    except InvalidStatus as error:
        await _refuse(error.response, scope, send)
        return
    except InvalidHandshake as error:
        raise BackendProtocolError(f"the WebSocket handshake of {url} is broken: {error}") from error
    except OSError as error:
        raise BackendUnavailable(
            f"no WebSocket to {url}: {str(error) or type(error).__name__}", retry_after=1
        ) from error
    async with connection:
        headers = [] if connection.response is None else _answered(connection.response)
        await send({"type": "websocket.accept", "subprotocol": connection.subprotocol, "headers": headers})
        await _both_ways(connection, receive, send)


class _Connect(connect):
    """The library's connection, that follows no redirect: it is the client's."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


@dataclass(frozen=True, slots=True)
class _Handshake:
    """The request line and the headers as the client sent them, where the library would write its own."""

    host: str
    port: int | None
    target: str
    headers: list[tuple[str, str]]

    @classmethod
    def of(cls, scope: Scope, url: httpx.URL) -> _Handshake:
        raw = [(n, v) for n, v in request_headers(scope, url.netloc) if not n.startswith(b"sec-websocket-")]
        authority = httpx.URL("//" + next(v for n, v in raw if n == b"host").decode("latin-1"))
        path = target(scope, url.raw_path.rstrip(b"/")).decode("latin-1")
        headers = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in raw if n not in {b"host", b"content-length"}]
        return cls(authority.host, authority.port, path, headers)

    def connection(self, protocol: ClientProtocol, **options: Any) -> ClientConnection:
        default = 443 if protocol.uri.secure else 80
        path, _, query = self.target.partition("?")
        protocol.uri = replace(protocol.uri, host=self.host, port=self.port or default, path=path, query=query)
        return ClientConnection(protocol, **options)


async def _both_ways(connection: ClientConnection, receive: Receive, send: Send) -> None:
    """Until one side closes, or is lost; the other is told the code and the reason."""
    tasks = {
        asyncio.ensure_future(_to_server(connection, receive)),
        asyncio.ensure_future(_to_client(connection, send)),
    }
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _to_server(connection: ClientConnection, receive: Receive) -> None:
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            code = message.get("code") or _NO_CODE
            if code in {_NO_CODE, _LOST}:
                await connection.close()
            else:
                await connection.close(code, message.get("reason") or "")
            return
        try:
            text = message.get("text")
            await connection.send(message["bytes"] if text is None else text)
        except ConnectionClosed:
            # The other direction knows why, and says so to the client.
            await asyncio.get_running_loop().create_future()


async def _to_client(connection: ClientConnection, send: Send) -> None:
    try:
        while True:
            data = await connection.recv()
            await send({"type": "websocket.send", "text" if isinstance(data, str) else "bytes": data})
    except ConnectionClosed as closed:
        if closed.rcvd is None:
            # A close that the client asked for has no answer to wait for; anything else is a lost server.
            await send({"type": "websocket.close", "code": 1011, "reason": "the server is gone"})
        else:
            code = closed.rcvd.code
            await send(
                {"type": "websocket.close", "code": 1000 if code == _NO_CODE else code, "reason": closed.rcvd.reason},
            )


async def _refuse(response: Response, scope: Scope, send: Send) -> None:
    """The remote's own answer to the handshake, or the bare refusal where the client's server cannot send one."""
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close"})
        return
    start: Message = {"type": "websocket.http.response.start", "status": response.status_code}
    await send({**start, "headers": _answered(response)})
    await send({"type": "websocket.http.response.body", "body": bytes(response.body or b""), "more_body": False})


def _answered(response: Response) -> RawHeaders:
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.raw_items()]
    return [(name, value) for name, value in end_to_end(raw) if not name.startswith(b"sec-websocket-")]
