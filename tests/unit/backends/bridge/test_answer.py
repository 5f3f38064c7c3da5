"""What legacy may answer: rows 12, 14, 15 and 17, beside stock a2wsgi where that shows the trap."""

from __future__ import annotations

import asyncio
import sys
from wsgiref.validate import validator

import pytest
from a2wsgi import WSGIMiddleware
from flask import Flask, Response, abort, send_file

from gateway.backends.bridge import Bridge
from gateway.errors import BackendCrashed, BackendProtocolError

pytestmark = pytest.mark.anyio

with_stock = pytest.mark.parametrize(
    "middleware",
    [Bridge, pytest.param(WSGIMiddleware, marks=pytest.mark.xfail(strict=True, reason="the trap of stock a2wsgi"))],
)


class Body:
    """An iterable that counts its closing; an exception among the chunks is raised there."""

    def __init__(self, *chunks):
        self.chunks = chunks
        self.closed = 0

    def __iter__(self):
        for chunk in self.chunks:
            if isinstance(chunk, BaseException):
                raise chunk
            yield chunk

    def close(self):
        self.closed += 1


def answering(body, *, status="200 OK", headers=()):
    def app(environ, start_response):
        start_response(status, list(headers))
        return body

    return app


async def idle(bridge):
    """The bridge, when every thread has come back."""
    async with asyncio.timeout(2):
        while bridge.stats().busy:  # noqa: ASYNC110 - threads set no asyncio event
            await asyncio.sleep(0.001)
    return bridge


BROKEN = {
    "line feed in a value": answering([], headers=[("X-A", "a\r\nSet-Cookie: b=1")]),
    "NUL in a value": answering([], headers=[("X-A", "a\0")]),
    "colon in a name": answering([], headers=[("X:A", "a")]),
    "line feed in a name": answering([], headers=[("X-A\n", "a")]),
    "line feed in the status": answering([], status="200 OK\r\nX: y"),
    "value that is not text": answering([], headers=[("X-A", 1)]),
    "no start_response": lambda environ, start_response: [b"body"],
    "no start_response, no body": lambda environ, start_response: [],
    "two Content-Length": answering([b"ab"], headers=[("Content-Length", "2"), ("content-length", "2")]),
    "Content-Length in words": answering([b"ab"], headers=[("Content-Length", "two")]),
    "body too long": answering([b"abc"], headers=[("Content-Length", "2")]),
    "body too long in two": answering([b"ab", b"c"], headers=[("Content-Length", "2")]),
    "body too short": answering([b"a"], headers=[("Content-Length", "2")]),
    "no body at all": answering([], headers=[("Content-Length", "2")]),
    "text for a body": answering(["text"]),
    "nothing for a body": answering(None),
    "informational status": answering([], status="100 Continue"),
    "switching protocols": answering([], status="101 Switching Protocols"),
    "status 999": answering([], status="999 What"),
    "status without a number": answering([], status="OK"),
}


@pytest.mark.parametrize("app", BROKEN.values(), ids=BROKEN)
async def test_answer_that_breaks_the_wire_is_refused_before_a_byte(a_client, scope, app):
    """Bridge rows 12 and 15, cases 71 and 73; the thread is free at once."""
    bridge, client = Bridge(app), a_client()
    with pytest.raises(BackendProtocolError):
        await bridge(scope(), client.receive, client.send)
    assert client.answer.status == 0
    assert (await idle(bridge)).stats().idle == 1


@pytest.mark.parametrize("chunks", [1, 2, 100])
@pytest.mark.parametrize("off_by", [-1, 1])
async def test_streamed_body_of_another_length_is_incomplete(a_client, scope, chunks, off_by):
    """Case 73: 502 or a closed connection; the thread is free, `close` was called once."""
    body = Body(*[b"x"] * chunks)
    bridge, client = Bridge(answering(body, headers=[("Content-Length", str(chunks - off_by))])), a_client()
    if (chunks, off_by) == (1, 1):
        with pytest.raises(BackendProtocolError, match="longer"):
            await bridge(scope(), client.receive, client.send)
    elif off_by == 1:
        # What was declared is the answer, as with gunicorn: it was complete before the rest came.
        await bridge(scope(), client.receive, client.send)
        assert client.answer.body == b"x" * (chunks - 1)
    else:
        with pytest.raises(BackendProtocolError, match="shorter"):
            await bridge(scope(), client.receive, client.send)
        assert not client.answer.complete
    await idle(bridge)
    assert body.closed == 1


async def test_first_chunk_longer_than_declared_later_is_not_sent(a_client, scope):
    body = Body(b"abc", b"defg")
    bridge, client = Bridge(answering(body, headers=[("Content-Length", "5")])), a_client()
    with pytest.raises(BackendProtocolError, match="longer"):
        await bridge(scope(), client.receive, client.send)
    assert b"d" not in client.answer.body
    await idle(bridge)
    assert body.closed == 1


@pytest.mark.parametrize(
    "chunks",
    [(), (b"",), (b"a",), (b"a", b"b"), (ValueError("x"),), (b"", ValueError("x")), (b"a", ValueError("x"))],
    ids=["none", "empty", "one", "two", "raises", "raises after nothing", "raises after one"],
)
async def test_iterable_is_closed_once(a_client, scope, chunks):
    """Case 74."""
    body = Body(*chunks)
    bridge, client = Bridge(answering(body)), a_client()
    try:
        await bridge(scope(), client.receive, client.send)
    except ValueError:
        assert not client.answer.complete
    else:
        assert client.answer.complete
    await idle(bridge)
    assert body.closed == 1


async def test_exception_of_the_application_comes_out_as_it_is(ask):
    """Case 74: before the first chunk nothing was sent, so the door can still answer."""
    error = LookupError("mine")
    with pytest.raises(LookupError) as raised:
        await ask(Bridge(answering(Body(b"", error))))
    assert raised.value is error


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), GeneratorExit(), asyncio.CancelledError()])
async def test_what_would_stop_a_server_is_a_crash_of_legacy(ask, error):
    def app(environ, start_response):
        raise error

    with pytest.raises(BackendCrashed) as crashed:
        await ask(Bridge(app))
    assert crashed.value.__cause__ is error


async def test_failing_close_does_not_change_the_answer(ask, caplog):
    class Failing(Body):
        def close(self):
            raise RuntimeError("closing")

    bridge = Bridge(answering(Failing(b"a")))
    assert (await ask(bridge)).body == b"a"
    await idle(bridge)
    assert "closing" in caplog.text


@with_stock
async def test_exc_info_replaces_a_head_that_was_not_sent(ask, middleware):
    """Bridge row 14."""

    def app(environ, start_response):
        start_response("200 OK", [("Content-Length", "100")])
        yield b""
        try:
            raise ValueError("half way")  # noqa: TRY301 - as an application would
        except ValueError:
            start_response("500 Oops", [("Content-Length", "4")], sys.exc_info())
        yield b"oops"

    bridge = middleware(app)
    answer = await ask(bridge)
    assert (answer.status, answer.body, answer.header(b"content-length")) == (500, b"oops", [b"4"])


@with_stock
async def test_exc_info_after_the_head_is_raised(a_client, scope, middleware):
    """Bridge row 14: PEP 3333 has start_response raise it again."""
    caught = []

    def app(environ, start_response):
        start_response("200 OK", [])
        yield b"sent"
        try:
            raise ValueError("half way")  # noqa: TRY301 - as an application would
        except ValueError:
            try:
                start_response("500 Oops", [], sys.exc_info())
            except ValueError as error:
                caught.append(error)
                raise

    bridge, client = middleware(app), a_client()
    with pytest.raises(ValueError, match="half way"):
        await bridge(scope(), client.receive, client.send)
    assert caught
    assert not client.answer.complete


@with_stock
async def test_second_start_response_is_an_error(ask, middleware):
    """Bridge row 14."""

    def app(environ, start_response):
        start_response("200 OK", [])
        start_response("201 Created", [])
        return []

    with pytest.raises(BackendProtocolError, match="twice"):
        await ask(middleware(app))


@with_stock
async def test_head_waits_for_the_first_chunk(a_client, scope, middleware):
    """Bridge row 14: an application that fails before its first chunk gets one 500, not a truncated 200."""
    bridge, client = middleware(answering(Body(b"", ValueError("no")))), a_client()
    with pytest.raises(ValueError, match="no"):
        await bridge(scope(), client.receive, client.send)
    assert client.answer.status == 0


@with_stock
async def test_hop_by_hop_headers_date_and_server_are_removed(ask, middleware):
    """Bridge row 17; as gunicorn: the server sends its own Date and Server, once."""
    unwanted = ["Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "TE", "Trailer", "Date", "Server"]
    answer = await ask(middleware(answering([b"x"], headers=[*((name, "x") for name in unwanted), ("X-A", " b ")])))
    assert answer.headers == [(b"x-a", b"b")]


async def test_date_is_sent_once(serving, exchange):
    """Bridge row 17, on the wire."""
    with serving(Bridge(answering([b"x"], headers=[("Date", "Thu, 01 Jan 1970 00:00:00 GMT")]))) as port:
        head = exchange(port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert head.lower().count(b"\r\ndate:") == 1
    assert b"1970" not in head


async def test_repeated_headers_keep_their_order(ask):
    """Case 70."""
    headers = [("Set-Cookie", "a=1"), ("Vary", "A"), ("Set-Cookie", "b=2"), ("X-L", "caf\xe9")]
    answer = await ask(Bridge(answering([b""], headers=headers)))
    assert answer.headers == [(b"set-cookie", b"a=1"), (b"vary", b"A"), (b"set-cookie", b"b=2"), (b"x-l", b"caf\xe9")]


@pytest.mark.parametrize("status", ["200", "299 ", "418 I'm a teapot", "599 Custom"])
async def test_every_final_status_passes(ask, status):
    """Bridge row 15."""
    assert (await ask(Bridge(answering([], status=status)))).status == int(status[:3])


@pytest.mark.parametrize(
    ("method", "status", "kept"), [("HEAD", "200 OK", [b"9"]), ("GET", "204 None", []), ("GET", "304 Same", [])]
)
async def test_answers_without_a_body_have_none(ask, method, status, kept):
    """As gunicorn, except that a 304 loses its Content-Length: uvicorn would wait for the bytes."""
    body = Body(b"dropped", b"too")
    bridge = Bridge(answering(body, status=status, headers=[("Content-Length", "9")]))
    answer = await ask(bridge, method=method)
    assert (answer.body, answer.complete, answer.header(b"content-length")) == (b"", True, kept)
    await idle(bridge)
    assert body.closed == 1


async def test_write_of_the_old_style_comes_before_the_iterable(ask):
    def app(environ, start_response):
        write = start_response("200 OK", [])
        write(b"a")
        write(b"b")
        return [b"c"]

    assert (await ask(Bridge(app))).body == b"abc"


async def test_one_chunk_is_one_message(ask):
    """The hot path: a list, or a first chunk of the declared length, is not streamed."""
    for app in (
        answering([b"a", b"b"]),
        answering(Body(b"ab"), headers=[("Content-Length", "2")]),
        answering((b"ab",)),
    ):
        assert (await ask(Bridge(app))).bodies == [b"ab"]


async def test_file_wrapper_serves_files_and_ranges(ask, tmp_path):
    (tmp_path / "f.bin").write_bytes(bytes(range(256)) * 1000)
    app = Flask("files")

    @app.get("/f")
    def f():
        return send_file(tmp_path / "f.bin")

    bridge = Bridge(app)
    assert (await ask(bridge, "/f")).body == bytes(range(256)) * 1000
    part = await ask(bridge, "/f", headers=[(b"range", b"bytes=300-309")])
    assert (part.status, part.body) == (206, bytes(range(44, 54)))


async def test_flask_answers_its_own_errors(ask):
    app = Flask("errors")

    @app.get("/abort")
    def gone():
        abort(410)

    @app.get("/raise")
    def fail():
        raise RuntimeError

    app.logger.disabled = True
    bridge = Bridge(app)
    assert [(await ask(bridge, path)).status for path in ("/abort", "/raise", "/none")] == [410, 500, 404]


async def test_bridge_passes_wsgiref_validate(ask):
    """Case 203: the environ, the input, the errors and the order of calls."""
    app = Flask("valid")

    @app.route("/<path:rest>", methods=["GET", "POST", "HEAD"])
    def echo(rest):
        from flask import request  # noqa: PLC0415 - nearest to its use

        return Response(request.get_data() or b"none", mimetype="text/plain")

    @validator
    def checked(environ, start_response):
        environ.pop("wsgi.input_terminated")  # lets werkzeug read with a size only, as the validator demands
        return app(environ, start_response)

    bridge = Bridge(checked)
    assert (await ask(bridge, "/a%20b?c=d")).body == b"none"
    assert (await ask(bridge, "/p", method="POST", body=b"abc")).body == b"abc"
    assert (await ask(bridge, "/h", method="HEAD")).status == 200
