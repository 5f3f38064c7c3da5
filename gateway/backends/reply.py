"""One answer of legacy on its way from a thread to the event loop.

The thread's side runs the WSGI application by PEP 3333 and appends chunks; the loop's side takes them. What both touch
are single instructions: a deque, two counters that one side each writes, and flags that only ever go up. The head
travels with the first chunk that is not empty, or with the end, so an ordinary answer is one message, and `exc_info`
can replace the head until then. A thread that is `AHEAD` of its client waits for it.

The iterable is closed once, by the thread that made it, whatever happens. Work is never cancelled, only abandoned.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from types import TracebackType
from typing import IO
from wsgiref.types import WSGIApplication, WSGIEnvironment

from gateway.asgi import Receive
from gateway.backends.head import Head, HeadReader
from gateway.backends.outbox import Outbox
from gateway.errors import BackendCrashed, BackendProtocolError, BackendUnavailable

AHEAD = 256 * 1024
"""Bytes that a thread may be ahead of its client."""
CHUNK_COST = 1024
"""Bytes that a chunk counts for beside its own, so that the number of chunks is bounded too."""

ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


class Reply:
    """A job of the pool.

    For the loop: `waiter` is resolved when there is news; `head` is set before it; `error` says why there is no (more)
    answer; `left` that the client has gone. `ended` goes up with the last chunk or the error.
    """

    def __init__(
        self,
        app: WSGIApplication,
        environ: WSGIEnvironment,
        heads: HeadReader,
        outbox: Outbox,
        receive: Receive,
    ) -> None:
        self._app = app
        self._environ = environ
        self._input: IO[bytes] = environ["wsgi.input"]
        self._heads = heads
        self._outbox = outbox
        self._receive = receive
        self._context = contextvars.copy_context()
        self._chunks: deque[bytes] = deque()
        self._produced = 0
        self._taken = 0
        self._consumed = 0
        self._length = 0
        self._head_is_out = False
        self._posted = False
        self._room: threading.Event | None = None
        self._watcher: asyncio.Task[None] | None = None
        self.head: Head | None = None
        self.ended = False
        self.left = False
        self.error: BaseException | None = None
        self.queued_at = 0.0
        self.abandoned_at: float | None = None
        self.waiter: asyncio.Future[None] = outbox.loop.create_future()

    def __str__(self) -> str:
        return f"{self._environ['REQUEST_METHOD']} {self._environ['PATH_INFO']!a}"

    # The loop's side

    def wake(self) -> None:
        """Resolve the waiter."""
        if not self.waiter.done():
            self.waiter.set_result(None)

    async def news(self) -> None:
        """Wait for the thread, or for the client to leave."""
        self.waiter = self._outbox.loop.create_future()
        await self.waiter

    def take(self) -> bytes:
        """Every byte that has arrived since the last call."""
        # First the flag, then the chunks: one that is appended later is posted again.
        self._posted = False
        chunks = self._chunks
        if not chunks:
            return b""
        taken = [chunks.popleft() for _ in range(len(chunks))]
        body = taken[0] if len(taken) == 1 else b"".join(taken)
        self._taken += len(body) + CHUNK_COST * len(taken)
        return body

    def consumed(self) -> None:
        """The client's connection has room again for what was taken: let the thread go on."""
        self._consumed = self._taken
        if self._room is not None:
            self._room.set()

    def abandon(self) -> None:
        """Nobody waits any more: the thread stops at the next chunk, and what it still yields is dropped."""
        if self.abandoned_at is None:
            self.abandoned_at = time.monotonic()
        if self._watcher is not None:
            self._watcher.cancel()
        if self._room is not None:
            self._room.set()

    def refuse(self, error: BackendUnavailable) -> None:
        """It will not be run."""
        self.discard()
        self.error = error
        self.ended = True
        self._outbox.post(self)

    def discard(self) -> None:
        """Remove the temporary file that a large body is in."""
        if type(self._input) is not BytesIO:
            self._input.close()

    def watch(self) -> None:
        """See from now on whether the client is still there."""
        if self._watcher is None and self.abandoned_at is None:
            self._watcher = self._outbox.loop.create_task(self._watch())

    async def _watch(self) -> None:
        # A body that is known to be empty is one message that nobody has received yet; there is no second one.
        for _ in range(2):
            if (await self._receive())["type"] != "http.request":
                self.left = True
                self.wake()
                return

    # The thread's side

    def run(self) -> None:
        """Run the application, to the end of its iterable, and close it."""
        try:
            if self.abandoned_at is None:
                self._context.run(self._run)
        finally:
            self.discard()

    def _run(self) -> None:
        iterable: Iterable[bytes] | None = None
        try:
            iterable = self._app(self._environ, self.start_response)
            if type(iterable) is list or type(iterable) is tuple:
                self._whole(iterable)
            else:
                for chunk in _chunks_of(iterable):
                    if self.abandoned_at is not None or not self._emit(chunk):
                        break
                else:
                    self._end()
        except BaseException as error:  # noqa: BLE001 - whatever legacy raises belongs to its request, not to the thread
            self._fail(error)
        finally:
            self._close(iterable)

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], object]:
        """PEP 3333's. What cannot be put on the wire is raised here, where the application may recover."""
        if exc_info:
            try:
                if self._head_is_out and exc_info[1] is not None:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        elif self.head is not None:
            raise BackendProtocolError("the application called start_response twice, the second time without exc_info")
        self.head = self._heads.read(self._environ["REQUEST_METHOD"], status, headers)
        return self._write

    def _write(self, chunk: bytes, /) -> None:
        if self.abandoned_at is None:
            self._emit(chunk)

    def _whole(self, chunks: list[bytes] | tuple[bytes, ...]) -> None:
        """A body that is here from the start: one message."""
        try:
            chunk = b"".join(chunks)
        except TypeError as error:
            raise BackendProtocolError("the application returned a body that is not made of bytes") from error
        self._emit(chunk, last=True)
        self._end()

    def _emit(self, chunk: bytes, *, last: bool = False) -> bool:
        """Put `chunk` on its way; False when no more is wanted."""
        if type(chunk) is not bytes and not isinstance(chunk, bytes):
            raise BackendProtocolError(f"the application yielded {type(chunk).__name__}, not bytes")
        if not chunk:
            return True
        head = self.head
        if head is None:
            raise BackendProtocolError("the application yielded a body before it called start_response")
        if self.ended:
            logging.getLogger("gateway.bridge").warning("%s: more body than Content-Length; the rest is dropped", self)
            return False
        if head.omits_body:
            self._end()
            return False
        self._length += len(chunk)
        declared = head.length
        if declared is not None:
            if self._length > declared or (last and self._length < declared):
                raise self._mismatch(declared)
            last = self._length == declared
        self._chunks.append(chunk)
        self._produced += len(chunk) + CHUNK_COST
        self._head_is_out = True
        if last:
            self.ended = True
        self._post()
        if self._produced - self._consumed > AHEAD and not last:
            self._wait_for_room()
        return True

    def _end(self) -> None:
        """The iterable is exhausted."""
        if self.ended:
            return
        head = self.head
        if head is None:
            raise BackendProtocolError("the application did not call start_response")
        if head.length is not None and head.length != self._length and not head.omits_body:
            raise self._mismatch(head.length)
        self._head_is_out = True
        self.ended = True
        self._post()

    def _mismatch(self, declared: int) -> BackendProtocolError:
        comparison = "longer" if self._length > declared else "shorter"
        return BackendProtocolError(
            f"the application's body is {comparison} than its Content-Length of {declared} bytes"
        )

    def _fail(self, error: BaseException) -> None:
        if self.ended or self.abandoned_at is not None:
            logging.getLogger("gateway.bridge").error("%s: failed when nobody waited any more", self, exc_info=error)
            return
        if not isinstance(error, Exception) or isinstance(error, StopIteration):
            crashed = BackendCrashed(f"the application raised {type(error).__name__}")
            crashed.__cause__ = error
            error = crashed
        self.error = error
        self.ended = True
        self._post()

    def _close(self, iterable: Iterable[bytes] | None) -> None:
        close = getattr(iterable, "close", None)
        if close is None:
            return
        try:
            close()
        except BaseException as error:  # noqa: BLE001 - the answer is out; what closing raises is for the log
            self._fail(error)

    def _post(self) -> None:
        if not self._posted:
            self._posted = True
            self._outbox.post(self)

    def _wait_for_room(self) -> None:
        if self._room is None:
            self._room = threading.Event()
        while self._produced - self._consumed > AHEAD and self.abandoned_at is None:
            self._room.clear()
            # Looked at again between `clear` and `wait`: the loop counts first and sets then.
            if self._produced - self._consumed > AHEAD and self.abandoned_at is None:
                self._room.wait()


def _chunks_of(iterable: Iterable[bytes]) -> Iterator[bytes]:
    try:
        return iter(iterable)
    except TypeError as error:
        raise BackendProtocolError(
            f"the application returned {type(iterable).__name__}, which has no chunks"
        ) from error
