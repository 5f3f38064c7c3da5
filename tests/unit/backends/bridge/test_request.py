"""What legacy is told about a request: rows 1, 2, 5, 7-11, 13 and 18, beside stock a2wsgi where that shows the trap."""

from __future__ import annotations

import asyncio
import inspect
import io
import json
import logging
import socket
import subprocess
import sys
import threading

import pytest
from a2wsgi import WSGIMiddleware
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.backends.bridge import Bridge, BridgeLimits
from gateway.backends.upload import receive_body
from gateway.errors import ClientDisconnected, RequestRefused

pytestmark = pytest.mark.anyio

with_stock = pytest.mark.parametrize(
    "middleware",
    [Bridge, pytest.param(WSGIMiddleware, marks=pytest.mark.xfail(strict=True, reason="the trap of stock a2wsgi"))],
)


def echo(environ, start_response):
    """The environ's strings as JSON, and the body that was read the way werkzeug reads it."""
    terminated = environ.get("wsgi.input_terminated")
    length = environ.get("CONTENT_LENGTH")
    body = environ["wsgi.input"].read() if terminated else environ["wsgi.input"].read(int(length or 0))
    seen = {key: value for key, value in environ.items() if isinstance(value, str | bool)}
    answer = json.dumps({**seen, "body": body.decode("latin-1")}).encode()
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]


async def seen(ask, middleware, *args, **kwargs):
    return json.loads((await ask(middleware(echo), *args, **kwargs)).body)


@with_stock
async def test_chunked_body_reaches_legacy_whole(ask, middleware):
    """Bridge row 1, case 67."""
    environ = await seen(ask, middleware, method="POST", body=(b"he", b"l", b"lo"))
    assert environ["body"] == "hello"
    assert environ["HTTP_TRANSFER_ENCODING"] == "chunked"
    assert "CONTENT_LENGTH" not in environ


@with_stock
@pytest.mark.parametrize("name", [b"x_user", b"content_length", b"transfer_encoding"])
async def test_header_with_an_underscore_is_dropped(ask, middleware, name):
    """Bridge row 2, case 58: WSGI cannot tell it from the one with a hyphen."""
    headers = [(b"x-user", b"alice"), (name, b"root"), (b"content-length", b"2")]
    environ = await seen(ask, middleware, method="POST", headers=headers[:2], body=b"ab")
    assert environ["HTTP_X_USER"] == "alice"
    assert environ["body"] == "ab"
    assert "root" not in environ.values()


@with_stock
async def test_proxy_header_is_never_http_proxy(ask, middleware):
    """Case 64: httpoxy."""
    environ = await seen(ask, middleware, headers=[(b"proxy", b"http://evil")])
    assert "HTTP_PROXY" not in environ


@with_stock
async def test_cookie_lines_are_joined_as_cookies(ask, middleware):
    """Bridge row 7, case 61."""
    environ = await seen(
        ask, middleware, headers=[(b"cookie", b"a=1"), (b"x", b"1"), (b"cookie", b"b=2"), (b"x", b"2")]
    )
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_X"] == "1,2"


@pytest.mark.parametrize("name", [b"host", b"content-type"])
async def test_second_line_of_a_single_header_is_refused(ask, name):
    with pytest.raises(RequestRefused) as refused:
        await ask(Bridge(echo), headers=[(name, b"a"), (name, b"b")])
    assert refused.value.status == 400


@with_stock
async def test_query_bytes_above_ascii_are_a_400(ask, middleware):
    """Bridge row 8, case 23."""
    with pytest.raises(RequestRefused) as refused:
        await ask(middleware(echo), "/?q=\xff")
    assert (refused.value.status, refused.value.reason) == (400, "query_bytes")


@with_stock
async def test_neither_root_path_nor_the_process_changes_the_path(ask, middleware, monkeypatch):
    """Bridge row 9, case 27."""
    monkeypatch.setenv("SCRIPT_NAME", "/app")
    environ = await seen(ask, middleware, "/apple", root_path="/app")
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("", "/apple")


async def test_path_is_the_raw_path_decoded_once(ask):
    environ = await seen(ask, Bridge, "/caf%C3%A9%2Fa%252F?x=%2f", path="/misleading")
    assert environ["PATH_INFO"] == "/caf\xc3\xa9/a%2F"
    assert environ["RAW_URI"] == environ["REQUEST_URI"] == "/caf%C3%A9%2Fa%252F?x=%2f"
    assert environ["QUERY_STRING"] == "x=%2f"


@pytest.mark.parametrize("target", ["/a%0d%0ab", "*", "//a"])
async def test_odd_targets_reach_the_application(ask, target):
    """Bridge row 18: nothing is mounted above the bridge."""
    environ = await seen(ask, Bridge, target, method="OPTIONS")
    assert environ["RAW_URI"] == target


@with_stock
async def test_environ_has_what_a_native_server_gives(ask, middleware, capsys):
    """Bridge row 13."""

    def app(environ, start_response):
        assert environ["SERVER_SOFTWARE"]
        assert environ["wsgi.file_wrapper"]
        assert environ["wsgi.errors"] is not sys.stdout
        assert environ["wsgi.multithread"] is True
        assert environ["wsgi.multiprocess"] is False
        assert environ["REMOTE_PORT"] == "4711"
        start_response("200 OK", [])
        return []

    assert (await ask(middleware(app))).status == 200


async def test_what_legacy_writes_to_wsgi_errors_is_logged(ask, caplog):
    """Bridge row 13: a traceback is one record, and a root handler that leads back here does not go round for ever."""

    def app(environ, start_response):
        environ["wsgi.errors"].write("first\n  second\n")
        start_response("200 OK", [])
        return []

    bridge = Bridge(app)
    await ask(bridge)
    assert [record.getMessage() for record in caplog.records if record.name == "gateway.legacy"] == ["first\n  second"]


async def test_logging_to_wsgi_errors_from_the_root_logger_ends(ask, capsys):
    lines = []

    class Round(logging.Handler):
        def emit(self, record):
            lines.append(record.getMessage())
            self.stream.write(self.format(record) + "\n")

    handler = Round()

    def app(environ, start_response):
        handler.stream = environ["wsgi.errors"]
        logging.getLogger().addHandler(handler)
        try:
            logging.getLogger("anything").error("once")
        finally:
            logging.getLogger().removeHandler(handler)
        start_response("200 OK", [])
        return []

    await ask(Bridge(app))
    assert lines == ["once", "once"]
    assert "once" in capsys.readouterr().err


@settings(max_examples=60, deadline=None)
@given(
    chunks=st.lists(st.text("ab\n", max_size=8).map(str.encode), min_size=1, max_size=12),
    in_memory=st.integers(0, 64),
    calls=st.lists(
        st.sampled_from(["read", "readline", "readlines", "next", "read1", "readline1", "readlines1"]), max_size=12
    ),
    size=st.integers(0, 9),
)
def test_input_reads_as_bytesio_does(chunks, in_memory, calls, size):
    """Bridge row 10, case 68: in memory and in a file alike."""
    messages = iter(
        {"type": "http.request", "body": chunk, "more_body": more}
        for chunk, more in zip(chunks, [True] * (len(chunks) - 1) + [False], strict=True)
    )

    async def receive():
        return next(messages)

    body = asyncio.run(receive_body(receive, declared=None, in_memory=in_memory, largest=1000, timeout=5))
    expected = io.BytesIO(b"".join(chunks))
    act = {
        "read": lambda file: file.read(),
        "readline": lambda file: file.readline(),
        "readlines": lambda file: file.readlines(),
        "next": lambda file: next(iter(file), None),
        "read1": lambda file: file.read(size),
        "readline1": lambda file: file.readline(size),
        "readlines1": lambda file: file.readlines(size),
    }
    with body:
        for call in calls:
            if call == "readlines1" and not isinstance(body, io.BytesIO):
                continue  # where the hint is met exactly, CPython's files read one line more than its BytesIO
            assert act[call](body) == act[call](expected)
        assert list(body) == list(expected)


@with_stock
async def test_readline_with_a_limit(ask, middleware):
    """Bridge row 10, through the bridge."""

    def app(environ, start_response):
        line = environ["wsgi.input"].readline(100)
        start_response("200 OK", [("Content-Length", str(len(line)))])
        return [line]

    assert (await ask(middleware(app), method="POST", body=b"one\ntwo\n")).body == b"one\n"


async def test_aborted_upload_does_not_reach_legacy(serving, until):
    """Bridge row 11, case 69."""
    called = []

    def app(environ, start_response):
        called.append(environ["PATH_INFO"])
        return echo(environ, start_response)

    with serving(Bridge(app)) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhalf")
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET /whole HTTP/1.1\r\nHost: a\r\n\r\n")
            until(lambda: "/whole" in called)
    assert called == ["/whole"]


@pytest.mark.parametrize("framing", [(b"content-length", b"9"), (b"transfer-encoding", b"chunked")])
async def test_aborted_upload_is_a_disconnect(a_client, scope, framing):
    client = a_client((b"half",), complete=False)
    client.gone.set()
    with pytest.raises(ClientDisconnected):
        await Bridge(echo)(scope(method="POST", headers=[framing]), client.receive, client.send)


async def test_slow_uploads_take_no_thread_and_end_with_408(a_client, scope):
    """Bridge row 5, case 107."""
    bridge = Bridge(echo, limits=BridgeLimits(body_timeout=0.2))
    headers = [(b"content-length", b"1000")]
    clients = [a_client((b"x",), complete=False) for _ in range(10)]
    uploads = [
        asyncio.create_task(bridge(scope(method="POST", headers=headers), client.receive, client.send))
        for client in clients
    ]
    await asyncio.sleep(0.05)
    assert bridge.stats().busy == bridge.stats().idle == 0
    errors = await asyncio.gather(*uploads, return_exceptions=True)
    assert {error.status for error in errors if isinstance(error, RequestRefused)} == {408}
    assert len(errors) == 10


async def test_upload_that_keeps_coming_may_take_longer_than_the_timeout(a_client):
    chunks = iter([True] * 8 + [False])

    async def receive():
        await asyncio.sleep(0.03)
        return {"type": "http.request", "body": b"x" * 4096, "more_body": next(chunks)}

    body = await receive_body(receive, declared=None, in_memory=10**6, largest=10**6, timeout=0.1)
    assert len(body.read()) == 9 * 4096


@pytest.mark.parametrize("declared", [True, False])
async def test_too_large_body_is_a_413(ask, declared):
    body = b"x" * 101 if declared else (b"x" * 60, b"x" * 41)
    with pytest.raises(RequestRefused) as refused:
        await ask(Bridge(echo, limits=BridgeLimits(max_body=100)), method="POST", body=body)
    assert refused.value.status == 413


async def test_large_body_goes_to_a_file_that_is_closed_afterwards(ask):
    inputs = []

    def app(environ, start_response):
        inputs.append(environ["wsgi.input"])
        return echo(environ, start_response)

    bridge = Bridge(app, limits=BridgeLimits(spool_body=1000))
    environ = json.loads((await ask(bridge, method="POST", body=(b"a" * 900, b"b" * 900, b"c" * 900))).body)
    assert environ["body"] == "a" * 900 + "b" * 900 + "c" * 900
    assert not isinstance(inputs[0], io.BytesIO)
    await bridge.shutdown(1)
    assert inputs[0].closed


async def test_context_reaches_legacy_and_does_not_come_back(ask):
    import contextvars  # noqa: PLC0415 - next to what it shows

    request_id = contextvars.ContextVar("request_id", default="none")

    def app(environ, start_response):
        start_response("200 OK", [])
        body = [request_id.get().encode()]
        request_id.set("changed")
        return body

    request_id.set("r1")
    assert (await ask(Bridge(app))).body == b"r1"
    assert request_id.get() == "r1"


GUNICORN = [
    b"GET /a%20b/%C3%A9?x=%31&y HTTP/1.1\r\nHost: h:1\r\nX-A: 1\r\nX-A: 2\r\nX_B: 3\r\nConnection: close\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
    b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    b"HEAD //x HTTP/1.0\r\nHost: h\r\nCookie: a=1\r\nAccept:  text/html \r\n\r\n",
    b"OPTIONS /%2e%2E/%ff HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
]


async def test_environ_equals_gunicorns(serving, exchange, tmp_path, until):
    """Every string that gunicorn tells the same application about the same bytes."""
    (tmp_path / "run.py").write_text("import json\n\n" + inspect.getsource(echo))
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        native_port = reserved.getsockname()[1]
    process = subprocess.Popen(  # noqa: ASYNC220 - nothing else runs on this loop
        [
            sys.executable,
            "-m",
            "gunicorn",
            "-k",
            "gthread",
            "--threads",
            "2",
            "-b",
            f"127.0.0.1:{native_port}",
            "run:echo",
        ],
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: _listens(native_port), 20)
        with serving(Bridge(echo)) as port:
            for request in GUNICORN:
                native, bridged = (_environ(exchange(at, request)) for at in (native_port, port))
                for only_one in ("SERVER_SOFTWARE", "REMOTE_PORT", "SERVER_PORT", "REQUEST_URI"):
                    native.pop(only_one, None)
                    bridged.pop(only_one, None)
                assert bridged == native
    finally:
        process.terminate()
        process.wait(10)


def _listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _environ(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    if b" 100 " in head:
        head, _, body = body.partition(b"\r\n\r\n")
    assert b" 200 " in head.split(b"\r\n")[0]
    return json.loads(body) if body else {"without a body": True}


def test_threads_are_named_after_what_they_do(ask):
    names = []

    def app(environ, start_response):
        names.append((threading.current_thread().name, threading.current_thread().daemon))
        start_response("200 OK", [])
        return []

    asyncio.run(ask(Bridge(app)))
    assert names == [("legacy-1", True)]
