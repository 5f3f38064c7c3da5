"""The body of a request that two sides may be asked: read once, before either of them.

A copy taken while one side reads cannot be trusted: what that side leaves unread, the other would never get, and it
would then seem to agree. So such a body is read up to a limit first. A longer one passes through, to one side only.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from gateway.asgi import Message, Receive, until_disconnect
from gateway.errors import ClientDisconnected


@dataclass(slots=True)
class Body:
    """What was read. `content` is None when the body is over the limit; `messages` are then replayed, and the rest."""

    content: bytes | None
    messages: tuple[Message, ...]

    def replay(self, receive: Receive) -> Receive:
        """A `receive` that gives the body again from its start and then goes on with `receive`.

        A body that is whole is not followed by the server's own end of it.
        """
        waiting = deque(self.messages)
        rest = receive if self.content is None else until_disconnect(receive)

        async def replayed() -> Message:
            # A copy, since the application may change what it is given, and another side may be given the same.
            return dict(waiting.popleft()) if waiting else await rest()

        return replayed


EMPTY = Body(b"", ({"type": "http.request", "body": b"", "more_body": False},))


async def read_body(receive: Receive, limit: int) -> Body:
    """Read a body of at most `limit` bytes. Raises ClientDisconnected when the client leaves before its end."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected("the client left while its request was being read")
        chunk = message.get("body", b"")
        chunks.append(chunk)
        size += len(chunk)
        more = message.get("more_body", False)
        if size > limit:
            joined = b"".join(chunks)
            return Body(None, ({"type": "http.request", "body": joined, "more_body": more},))
        if not more:
            content = b"".join(chunks)
            return Body(content, ({"type": "http.request", "body": content, "more_body": False},))
