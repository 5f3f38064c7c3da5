"""The bridge: a WSGI application as a backend. a2wsgi's middleware, hardened.

docs/decisions/0002-a-hardened-bridge.md says what was replaced and why. A request, step by step:

    the request's body is received whole, bounded in bytes and time        upload.py
    its environ is built as gunicorn builds it                             environ.py
    it waits for one of a bounded number of threads                        pool.py
    the thread runs the application; head and first chunk come back in one message
    an ordinary answer is sent, and that is all                            reply.py
    a longer one is streamed: the thread is never far ahead of the client, and stops when the client leaves

A thread belongs to the application that runs on it until that returns: cancelling a request abandons the thread's work.
"""

from __future__ import annotations

import asyncio
import logging
import time
import weakref
from dataclasses import dataclass
from io import BytesIO
from typing import IO, TextIO, cast
from wsgiref.types import WSGIApplication, WSGIEnvironment

from a2wsgi import WSGIMiddleware

from gateway.asgi import Message, Receive, Scope, Send
from gateway.backends.file_wrapper import FileWrapper
from gateway.backends.head import Head, HeadReader
from gateway.backends.outbox import Outbox
from gateway.backends.pool import Pool
from gateway.backends.reply import Reply
from gateway.backends.upload import receive_body
from gateway.backends.worker import Worker
from gateway.environ import EnvironBuilder
from gateway.errors import BackendProtocolError, ClientDisconnected, RequestRefused
from gateway.legacy_errors import LegacyErrors
from gateway.stacks import stack_of

STUCK_AFTER = 1.0
"""Seconds that a thread may go on after its request was abandoned before it counts as stuck."""
STOPPING = 0.3
"""Seconds that threads get to close what they stream when the grace period is over; less than the process has left."""


@dataclass(frozen=True, slots=True)
class BridgeLimits:
    """What legacy may take. Durations in seconds, sizes in bytes.

    `threads`: at most so many requests are in legacy; give it what the old server had. `queue`: so many may wait for a
    thread, none longer than `queue_timeout`; more get a 503. `max_body`: a larger body gets a 413. `spool_body`: the
    part of a body that is kept in memory. `body_timeout`: a body that is not complete by then gets a 408, unless it
    keeps coming at 16 KiB/s or more. `write_timeout`: how long a client may leave a streamed answer unread.
    """

    threads: int = 40
    queue: int = 1000
    queue_timeout: float = 10.0
    max_body: int = 1024**3
    spool_body: int = 1024**2
    body_timeout: float = 60.0
    write_timeout: float = 60.0


@dataclass(frozen=True, slots=True)
class BridgeStats:
    """The threads, by what they do, and the queue.

    `busy` counts every thread that runs the application; `stuck` those of them whose request was abandoned more than a
    second ago. `idle` threads wait for work. `limit` is the largest number of threads.
    """

    busy: int
    idle: int
    stuck: int
    queued: int
    limit: int


class Bridge(WSGIMiddleware):
    """A `gateway.asgi.Backend` that asks a WSGI application.

    `multiprocess` is what `wsgi.multiprocess` tells the application; `errors` is its `wsgi.errors`, by default the
    logger `gateway.legacy`.

    Raises, before an answer began: BackendUnavailable (no thread in time), RequestRefused (400, 408, 413),
    ClientDisconnected (the upload was aborted, or the client left the queue: legacy was not called),
    BackendProtocolError (an answer that cannot be put on the wire), BackendCrashed (SystemExit and the like), and
    whatever the application itself raises, as it is. After an answer began the same errors mean that it is incomplete:
    the connection must be closed without the terminating chunk. A client that leaves during its answer is no error.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        limits: BridgeLimits | None = None,
        multiprocess: bool = False,
        errors: TextIO | None = None,
    ) -> None:
        super().__init__(app)  # type: ignore[arg-type] # a2wsgi types the environ as a TypedDict of its own
        # a2wsgi's executor grows without looking, and the interpreter waits for its threads at exit.
        self.executor.shutdown(wait=False)
        self.limits = limits or BridgeLimits()
        self._application = app
        self._environs = EnvironBuilder(
            multiprocess=multiprocess,
            errors=errors or cast("TextIO", LegacyErrors()),
            file_wrapper=FileWrapper,
        )
        self._heads = HeadReader()
        self._pool = Pool(threads=self.limits.threads, queue=self.limits.queue, queue_timeout=self.limits.queue_timeout)
        self._outbox: Outbox | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override] # a2wsgi's TypedDicts
        """Answer one request; for `lifespan`, a2wsgi's own handling, and then the threads' end."""
        kind = scope["type"]
        if kind == "http":
            await self._http(scope, receive, send)
        elif kind == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)  # type: ignore[arg-type] # as above
            await self.shutdown(0.0)

    def stats(self) -> BridgeStats:
        """How the threads are. Cheap: a look at each of them."""
        now = time.monotonic()
        jobs = [job for worker in self._pool.workers() if (job := worker.job) is not None]
        stuck = [job for job in jobs if job.abandoned_at is not None and now - job.abandoned_at > STUCK_AFTER]
        alive = len(self._pool.workers())
        return BridgeStats(len(jobs), max(0, alive - len(jobs)), len(stuck), self._pool.queued, self._pool.limit)

    async def shutdown(self, grace: float) -> BridgeStats:
        """Take no more requests, let those that are here finish for `grace` seconds, then abandon them.

        Returns within `grace` and half a second, whatever the application does; the threads that did not come back
        are logged and left behind: they do not keep the process alive.
        """
        self._pool.close()
        await self._until_idle(grace)
        self._pool.empty()
        for worker in self._pool.workers():
            job = worker.job
            if isinstance(job, Reply):
                job.abandon()
        await self._until_idle(STOPPING)
        for worker in self._pool.workers():
            if worker.job is not None:
                _report(worker)
        return self.stats()

    async def _until_idle(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self._pool.queued and all(worker.job is None for worker in self._pool.workers()):
                return
            await asyncio.sleep(0.01)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        environ = self._environs.build(scope)
        environ["wsgi.input"] = await self._body(environ, scope, receive)
        outbox = self._outbox
        loop = asyncio.get_running_loop()
        if outbox is None or outbox.loop is not loop:
            outbox = self._outbox = Outbox(loop)
        reply = Reply(self._application, environ, self._heads, outbox, receive)
        finished = False
        try:
            self._pool.submit(reply, loop)
            await reply.waiter
            # In this order: a chunk comes before the end, the error before `ended`.
            ended = reply.ended
            if reply.error is not None:
                raise _taken_error(reply)
            head = reply.head
            if head is None:
                raise ClientDisconnected("the client left while its request waited for legacy")
            if not ended:
                await self._stream(reply, head, send)
                return
            finished = True
            await send({"type": "http.response.start", "status": head.status, "headers": head.headers})
            await send({"type": "http.response.body", "body": reply.take(), "more_body": False})
        finally:
            if not finished:
                if self._pool.withdraw(reply):
                    reply.discard()
                else:
                    loop.call_later(STUCK_AFTER, self._report_if_stuck, weakref.ref(reply))
                reply.abandon()

    def _report_if_stuck(self, abandoned: weakref.ref[Reply]) -> None:
        """Say where the application is, once: nobody can tell when the process has been restarted."""
        for worker in self._pool.workers():
            if worker.job is not None and worker.job is abandoned():
                _report(worker)

    async def _body(self, environ: WSGIEnvironment, scope: Scope, receive: Receive) -> IO[bytes]:
        length = environ.get("CONTENT_LENGTH")
        if length is None:
            # In HTTP/1 a request without framing has no body; later versions frame it elsewhere.
            if "HTTP_TRANSFER_ENCODING" not in environ and scope["http_version"].startswith("1"):
                return BytesIO()
        elif length == "0":
            return BytesIO()
        elif not (length.isascii() and length.isdigit()):
            raise RequestRefused(400, "content_length", "the Content-Length is not a number")
        return await receive_body(
            receive,
            declared=None if length is None else int(length),
            in_memory=self.limits.spool_body,
            largest=self.limits.max_body,
            timeout=self.limits.body_timeout,
        )

    async def _stream(self, reply: Reply, head: Head, send: Send) -> None:
        reply.watch()
        await self._send(send, {"type": "http.response.start", "status": head.status, "headers": head.headers})
        while not reply.left:
            ended = reply.ended
            chunk = reply.take()
            if chunk or ended:
                more = not ended or reply.error is not None
                if chunk or not more:
                    await self._send(send, {"type": "http.response.body", "body": chunk, "more_body": more})
                    reply.consumed()
                if reply.error is not None and ended:
                    raise _taken_error(reply)
                if ended:
                    return
            else:
                await reply.news()

    async def _send(self, send: Send, message: Message) -> None:
        seconds = self.limits.write_timeout
        try:
            async with asyncio.timeout(seconds):
                await send(message)
        except TimeoutError:
            raise ClientDisconnected(f"the client did not read its answer for {seconds:g} s") from None

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask a plain route, as the GET that a WebSocket handshake is; the answer refuses the handshake.

        A server without the extension for that can only say 403.
        """
        if "websocket.http.response" not in (scope.get("extensions") or {}):
            await send({"type": "websocket.close", "code": 1000})
            return

        async def receive_http() -> Message:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send_http(message: Message) -> None:
            await send({**message, "type": "websocket." + message["type"]})

        await self._http({**scope, "type": "http", "method": "GET"}, receive_http, send_http)


def _taken_error(reply: Reply) -> BaseException:
    """The error, and no reference to it: its traceback refers to the reply."""
    error, reply.error = reply.error, None
    return error or BackendProtocolError("the reply has no error")


def _report(worker: Worker) -> None:
    logging.getLogger("gateway.bridge").warning(
        "%s: nobody waits for it any more, and after %.1f s its thread %s has not come back\n%s",
        worker.job,
        time.monotonic() - worker.since,
        worker.name,
        stack_of(worker.ident or 0),
    )
