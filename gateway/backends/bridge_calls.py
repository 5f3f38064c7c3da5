"""The two ways of the proof: one request, asked natively and through the bridge, and what came of it."""

from __future__ import annotations

import asyncio
import io
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication, WSGIEnvironment
from wsgiref.util import FileWrapper, is_hop_by_hop

from gateway.asgi import Backend, Message
from gateway.errors import BackendError

SECONDS = 5.0
"""How long an answer may take. One that has begun by then is a stream; its body is not compared."""
LARGEST_ANSWER = 16 * 1024**2
"""Bytes of an answer that are compared; a longer one counts as a stream, too."""
_OWN_HEADERS = frozenset({"date", "server"})


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """One request to compare. `target` is the path, percent-encoded, with the query; `chunked` sends the body so."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    chunked: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.target}" + (" (chunked)" if self.chunked else "")


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer as it is compared. `error` says why there was none; `cut` that its body did not end in time."""

    status: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    cut: bool = False
    error: str = ""

    def parts(self) -> dict[str, str]:
        """By location: `status`, `exception`, `body`, `header:<name>`."""
        named: dict[str, list[str]] = {}
        for name, value in self.headers:
            named.setdefault(f"header:{name}", []).append(value)
        body = "a stream" if self.cut else f"{len(self.body)} bytes: {self.body!r}"
        lines = {name: "\n".join(values) for name, values in named.items()}
        return {"status": self.status, "exception": self.error, "body": body, **lines}


class NativeCall(threading.Thread):
    """A native server's part of PEP 3333, on a thread of its own: what does not return is left behind."""

    def __init__(self, app: WSGIApplication, request: ProbeRequest) -> None:
        super().__init__(name=f"native {request}", daemon=True)
        self._app = app
        self._request = request
        self._status = ""
        self._headers: list[tuple[str, str]] = []
        self._body = io.BytesIO()
        self._cut = True
        self._error = ""

    def answer(self) -> Seen:
        """Run it, for SECONDS at most."""
        self.start()
        self.join(SECONDS + 1)
        if self._error:
            return Seen(error=self._error)
        if not self._status:
            return Seen(error="no answer in time" if self.is_alive() else "no start_response")
        code = self._status[:3]
        without_body = self._request.method == "HEAD" or code in {"204", "304"}
        body = b"" if without_body or self._cut else self._body.getvalue()
        return Seen(code, _comparable(self._headers, code), body, self._cut and not without_body)

    def run(self) -> None:
        """Call the application, and iterate until it ends or there is enough."""
        ends = time.monotonic() + SECONDS
        try:
            iterable = self._app(_environ(self._request), self._start_response)
            try:
                for chunk in iterable:
                    self._body.write(chunk)
                    if self._body.tell() > LARGEST_ANSWER or time.monotonic() > ends:
                        return
            finally:
                close = getattr(iterable, "close", None)
                if close is not None:
                    close()
            self._cut = False
        except BaseException as error:  # noqa: BLE001 - whatever the application raises is what is compared
            self._error = type(error).__name__

    def _start_response(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        if exc_info and self._body.tell():
            raise exc_info[1].with_traceback(exc_info[2])
        self._status, self._headers = status, headers
        return self._body.write


def _environ(request: ProbeRequest) -> WSGIEnvironment:
    path, _, query = request.target.partition("?")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": request.target,
        "REQUEST_URI": request.target,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_SOFTWARE": "proof",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "50000",
        "HTTP_HOST": "localhost",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "wsgi.file_wrapper": FileWrapper,
    }
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    if request.chunked:
        environ["HTTP_TRANSFER_ENCODING"] = "chunked"
    elif request.body:
        environ["CONTENT_LENGTH"] = str(len(request.body))
    return environ


class BridgedCall:
    """An ASGI server's part, with a client that sends a chunked body byte by byte."""

    def __init__(self, request: ProbeRequest) -> None:
        self._request = request
        body = request.body
        chunks = [body[at : at + 1] for at in range(len(body))] if request.chunked else [body]
        self._waiting: list[Message] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
        self._waiting.append({"type": "http.request", "body": b"", "more_body": False})
        self._enough = asyncio.Event()
        self._start: Message = {}
        self._body = bytearray()
        self._cut = True

    async def answer(self, bridge: Backend) -> Seen:
        """Run it, for SECONDS at most."""
        try:
            async with asyncio.timeout(SECONDS):
                await bridge(_scope(self._request), self._receive, self._send)
        except TimeoutError:
            if not self._start:
                return Seen(error="no answer in time")
        except BackendError as error:
            return Seen(error=f"{type(error.__cause__ or error).__name__}: {error}")
        except Exception as error:  # noqa: BLE001 - whatever the application raises is what is compared
            return Seen(error=type(error).__name__)
        code = str(self._start["status"])
        lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self._start["headers"]]
        return Seen(code, _comparable(lines, code), b"" if self._cut else bytes(self._body), self._cut)

    async def _receive(self) -> Message:
        if self._waiting:
            return self._waiting.pop(0)
        await self._enough.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message["body"]
        if len(self._body) > LARGEST_ANSWER:
            self._enough.set()
        else:
            self._cut = message.get("more_body", False)


def _scope(request: ProbeRequest) -> Message:
    path, _, query = request.target.partition("?")
    headers = [(b"host", b"localhost")]
    headers += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in request.headers]
    if request.chunked:
        headers.append((b"transfer-encoding", b"chunked"))
    elif request.body:
        headers.append((b"content-length", str(len(request.body)).encode()))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "headers": headers,
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
    }


def _comparable(headers: list[tuple[str, str]], status: str) -> tuple[tuple[str, str], ...]:
    lines = ((name.lower(), value.strip(" \t")) for name, value in headers)
    left_out = _OWN_HEADERS | ({"content-length"} if status in {"204", "304"} else set())
    return tuple((name, value) for name, value in lines if name not in left_out and not is_hop_by_hop(name))
