"""The request body, received whole before a thread is taken: bounded in bytes and in time.

A slow or endless upload therefore costs a connection, never a thread, and legacy never sees half a body. What legacy
reads is a plain file object, so every method of `wsgi.input` behaves as in the standard library.
"""

from __future__ import annotations

import asyncio
import tempfile
from io import BytesIO
from typing import IO

from gateway.asgi import Message, Receive
from gateway.errors import ClientDisconnected, RequestRefused

SLOWEST = 16 * 1024
"""Bytes per second. A body that keeps coming at this rate may take longer than the timeout."""


async def receive_body(
    receive: Receive,
    *,
    declared: int | None,
    in_memory: int,
    largest: int,
    timeout: float,  # noqa: ASYNC109 - the deadline moves as bytes arrive, which the caller's asyncio.timeout could not do
) -> IO[bytes]:
    """The body as a file at its beginning: in memory up to `in_memory` bytes, beyond that in a temporary file.

    `declared` is the Content-Length in bytes, None for a chunked body. `timeout` is in seconds, for the whole body.
    Raises RequestRefused (413 over `largest` bytes, 408 over time), ClientDisconnected when the upload was aborted.
    """
    if declared is not None and declared > largest:
        raise _too_large(largest)
    upload = _Upload(in_memory, largest)
    started = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout(timeout) as deadline:
            while await upload.take(await receive()):
                deadline.reschedule(started + timeout + upload.total / SLOWEST)
        return await upload.finish(declared)
    except TimeoutError:
        upload.discard()
        raise RequestRefused(408, "body_too_slow", f"the body was not complete after {timeout:g} s") from None
    except BaseException:
        upload.discard()
        raise


class _Upload:
    """What has arrived: `total` bytes, the last of them in `_chunks`, those before in `_file` if there are many."""

    def __init__(self, in_memory: int, largest: int) -> None:
        self.total = 0
        self._in_memory = in_memory
        self._largest = largest
        self._chunks: list[bytes] = []
        self._buffered = 0
        self._file: IO[bytes] | None = None

    async def take(self, message: Message) -> bool:
        """Keep what a message brought; False after the last."""
        if message["type"] != "http.request":
            raise ClientDisconnected("the client left before its body was complete")
        chunk: bytes = message.get("body", b"")
        self._chunks.append(chunk)
        self._buffered += len(chunk)
        self.total += len(chunk)
        if self.total > self._largest:
            raise _too_large(self._largest)
        if self._buffered > self._in_memory:
            # Off the loop: a disk that stalls must not stall every other request.
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - legacy's thread closes it, after its call
            await asyncio.to_thread(self._file.writelines, self._chunks)
            self._chunks = []
            self._buffered = 0
        more: bool = message.get("more_body", False)
        return more

    async def finish(self, declared: int | None) -> IO[bytes]:
        """The file, at its beginning."""
        if declared is not None and self.total != declared:
            raise ClientDisconnected(f"the body ended after {self.total} of {declared} bytes")
        if self._file is None:
            return BytesIO(self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks))
        await asyncio.to_thread(_rewind, self._file, self._chunks)
        return self._file

    def discard(self) -> None:
        """Remove the file."""
        if self._file is not None:
            self._file.close()


def _rewind(file: IO[bytes], rest: list[bytes]) -> None:
    file.writelines(rest)
    file.seek(0)


def _too_large(largest: int) -> RequestRefused:
    return RequestRefused(413, "body_too_large", f"the body is larger than {largest} bytes")
