"""Whatever a client sends, a port with every switch answers as the Flask application that it was ported from.

Left out is what docs/compat.md says is not kept: keys that are missing from JSON, where legacy fails with 500, and
multipart bodies that are cut off, or are no UTF-8.
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any
from urllib.parse import unquote

from fastapi import FastAPI
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.errors import RequestRefused
from tests.support.asgi import App, a_scope
from tests.support.ported import legacy, v2
from tests.support.stateful.visitor import both

HOST = (b"host", b"shop.test")
ATOMS = st.sampled_from(
    [
        "",
        "1",
        "2",
        "01",
        "-1",
        "+1",
        "1.0",
        "1e3",
        "%D9%A3",
        "abc",
        "a%20b",
        "+",
        "%00",
        "%FF",
        "%C3%BC",
        "%",
        "%zz",
        "true",
        "1;2",
        "%26",
        "%3D",
        "[]",
        "null",
        "0x1",
        "1_000",
        "9" * 30,
    ]
)
NAMES = st.sampled_from(["page", "all", "word", "n", "name", "", "PAGE", "page[]", "%70age", "x"])
PAIRS = st.lists(st.tuples(NAMES, st.sampled_from(["=", "==", ""]), ATOMS).map("".join), max_size=4).map("&".join)
PATHS = st.sampled_from(
    [
        "/orders/",
        "/orders",
        "/orders/5",
        "/orders/%35",
        "/orders/05",
        "/orders/5%20",
        "/orders/5.0",
        "/orders/%2F5",
        "/orders//5",
        "//orders/5",
        "/orders/5//",
        "/ORDERS/5",
        "/orders/5;x",
        "/orders/+5",
        "/orders/" + "9" * 400,
        "/crash",
        "/old",
        "/file",
        "/nope",
        "/",
        "/form/",
        "/form",
        "/orders/5%0a",
        "/orders/%ff",
        "/orders/%C3%A9",
    ]
)
COOKIES = st.sampled_from(
    [
        b"x=1",
        b"x=1; x=2",
        b'x="a b"',
        b'x="\\""',
        b'x="\\303\\274"',
        b"x",
        b"=1",
        b"x=",
        b"x=1;;x=2",
        b"x = 1",
        b"x=a=b",
        b"X=1; x=2",
        b'x="1',
        b"x=1, y=2",
        b"$x=1; x=3",
        b'x={"a":1}',
        b"x=a b",
        b'x=1;x="2"',
    ]
)
BODIES = st.sampled_from(
    [
        b"",
        b'{"name":null}',
        b'{"name":1}',
        b'{"name":"a","name":"b"}',
        b'{"name":true}',
        b'{"name":[1]}',
        b"\x00",
        b'{"name":{}}',
        b'{"name":"\\ud800"}',
        b'{"name":NaN}',
        b'{"name":1e400}',
        b'\xef\xbb\xbf{"name":"a"}',
        b'{"name":"\xff"}',
        '{"name":"a"}'.encode("utf-16"),
        b'{"name":"a"} x',
        b' {"name":"a"} ',
        b"{'name':'a'}",
        b'{"name":"a",}',
        b'{"name":',
    ]
)
TYPES = st.sampled_from(
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/JSON",
        "text/plain",
        "application/x+json",
        "application/json;charset=latin-1",
        "application/x-www-form-urlencoded",
    ]
)
METHODS = st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE"])

Asked = tuple[str, str, list[tuple[bytes, bytes]], bytes]
PAGES = st.tuples(METHODS, st.tuples(PATHS, st.just("?"), PAIRS).map("".join), st.just([]), st.just(b""))
BAKED = st.tuples(st.just("GET"), st.just("/cookie"), COOKIES.map(lambda value: [(b"cookie", value)]), st.just(b""))
SENT = st.tuples(
    st.just("POST"), st.just("/orders/"), TYPES.map(lambda value: [(b"content-type", value.encode())]), BODIES
)
FILLED = st.tuples(
    st.just("POST"),
    st.just("/form"),
    st.just([(b"content-type", b"application/x-www-form-urlencoded")]),
    PAIRS.map(str.encode),
)


@cache
def applications() -> tuple[Flask, FastAPI]:
    return legacy.create_app(), v2.create_app()


async def answer_of(app: App, asked: Asked) -> Any:
    """Status, headers and body. The scope's path is decoded, as a server does it."""
    method, target, headers, body = asked
    length = [(b"content-length", str(len(body)).encode())] if body else []
    scope, sent = a_scope(method, target, [HOST, *headers, *length]), list[Any]()
    scope["path"] = unquote(scope["raw_path"].decode())
    over, waiting = asyncio.Event(), [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        if not waiting:
            await over.wait()
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            over.set()

    try:
        await app(scope, receive, send)
    except RequestRefused as refused:
        return refused.status
    lines = {
        (name, b", ".join(sorted(value.split(b", "))) if name == b"allow" else value)
        for name, value in sent[0]["headers"]
    }
    return sent[0]["status"], lines, b"".join(message.get("body", b"") for message in sent[1:])


@settings(max_examples=60, deadline=None)
@given(asked=st.one_of(PAGES, BAKED, SENT, FILLED))
@example(asked=("POST", "/form", [(b"content-type", b"application/x-www-form-urlencoded")], b"name=%FF"))
def test_whatever_a_client_sends_the_port_answers_as_legacy(asked: Asked) -> None:
    async def ask_both() -> None:
        async with both(*applications()) as sides:
            on_legacy, on_v2 = [await answer_of(sides[side], asked) for side in ("legacy", "v2")]
        assert on_v2 == on_legacy

    asyncio.run(ask_both())
