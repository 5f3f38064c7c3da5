"""Listening sockets, bound before anything is promised."""

from __future__ import annotations

import asyncio
import errno
import select
import socket

from gateway.errors import CannotListen

BACKLOG = 2048

_WHY = {
    errno.EADDRINUSE: "another process listens there; stop it, or choose another port with {option}",
    errno.EACCES: "ports under 1024 need a privilege; choose another port with {option}",
    errno.EADDRNOTAVAIL: "this machine does not have that address",
}


def listen(host: str, port: int, *, option: str) -> socket.socket:
    """A socket that listens on `host` and `port`; port 0 takes a free one.

    Raises `CannotListen` with a sentence that names `option`, the command-line option to change.
    """
    where = f"{host}:{port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotListen(f"cannot listen on {where}: {error.strerror or error}") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
        listener.setblocking(False)  # noqa: FBT003 # the standard library's signature
    except OSError as error:
        listener.close()
        why = _WHY.get(error.errno or 0, "{reason}").format(option=option, reason=error.strerror)
        raise CannotListen(f"cannot listen on {where}: {why}") from error
    return listener


def known_again(listener: socket.socket, times: int) -> list[socket.socket]:
    """The same listening socket, by `times` descriptors more. It never blocks, whoever shares it.

    Whether a socket blocks is a flag that all its descriptors have in common, also those of other processes. Python
    takes a socket that it was given by its descriptor for one that blocks, and `dup` makes it so: a worker that started
    stopped another one in `accept`, with all its clients, until somebody connected (seen in a test).
    """
    listener.setblocking(False)  # noqa: FBT003 # the standard library's signature
    return [listener.dup() for _ in range(times)]


def url_of(listener: socket.socket) -> str:
    """`http://host:port` as it is really bound."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def has_unread(transport: asyncio.BaseTransport) -> bool:
    """Whether bytes, or the end, have come on a connection that its loop has not read yet.

    A loop runs its timers after the handlers of the same turn; what arrives during a long turn is read after them.
    """
    connection = transport.get_extra_info("socket")
    if transport.is_closing() or connection is None or connection.fileno() < 0:
        return False
    waiting = select.poll()  # `select.select` ends at descriptor 1023
    waiting.register(connection, select.POLLIN)
    return bool(waiting.poll(0))
