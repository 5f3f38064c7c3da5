"""Headers, queries and bodies."""

from __future__ import annotations

import gzip

import pytest

from gateway.evidence.redact import CAP, READ_LIMIT, Redactor
from gateway.exchange import Headers

REDACTOR = Redactor(b"k" * 32, ["salary"])
SECRET = REDACTOR.mark("CANARY")


def headers(**lines: str) -> Headers:
    return Headers(tuple((name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in lines.items()))


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("authorization", "Bearer CANARY", f"Bearer {SECRET}"),
        ("authorization", "CANARY", SECRET),
        ("proxy-authorization", "Basic CANARY", f"Basic {SECRET}"),
        ("cookie", "a=CANARY; b=", f"a={SECRET}; b="),
        ("cookie", "CANARY", SECRET),
        ("set-cookie", "s=CANARY; Path=/; HttpOnly", f"s={SECRET}; Path=/; HttpOnly"),
        ("set-cookie", "s; SameSite=Lax", "s; SameSite=Lax"),
        ("set-cookie", "a=; Expires=Wed, 21 Oct 2026, b=CANARY", f"a=; Expires=Wed, 21 Oct 2026, b={SECRET}"),
        ("x-api-key", "CANARY", SECRET),
        ("x-csrf-token", "CANARY", SECRET),
        ("x-base-salary", "CANARY", SECRET),
        ("location", "/cb?code=1&token=CANARY", f"/cb?code=1&token={SECRET}"),
        ("access-control-allow-credentials", "true", "true"),
        ("content-type", "text/html; charset=utf-8", "text/html; charset=utf-8"),
        ("www-authenticate", 'Basic realm="Login Required"', 'Basic realm="Login Required"'),
    ],
)  # fmt: skip
def test_a_header(name: str, value: str, shown: str) -> None:
    """Case 145."""
    assert REDACTOR.header(name, value) == shown


def test_headers_keep_their_order_and_repeats() -> None:
    lines = Headers(((b"A", b"1"), (b"cookie", b"s=CANARY"), (b"A", b"2")))
    assert REDACTOR.headers(lines) == (("a", "1"), ("cookie", f"s={SECRET}"), ("a", "2"))


def test_the_same_secret_is_the_same_mark_in_every_form() -> None:
    """Case 147: what changed is still seen, between a header, a form and JSON."""
    assert REDACTOR.query(b"token=CANARY") == f"token={SECRET}"
    assert REDACTOR.at("/token", '"CANARY"') == SECRET
    assert REDACTOR.text('{"token":"CANARY"}') == f'{{"token":"{SECRET}"}}'


@pytest.mark.parametrize(
    ("pointer", "value", "shown"),
    [
        ("/users/0/password", '"CANARY"', SECRET),
        ("/card~1data/number", "12", REDACTOR.mark("12")),
        ("/password", '"cut CAN…', REDACTOR.mark("cut CAN…")),
        ("/password", "null", "null"),
        ("/name", '"bob"', '"bob"'),
        ("", '{"token": "CANARY"}', f'{{"token": "{SECRET}"}}'),
    ],
)
def test_a_value_at_its_place(pointer: str, value: str, shown: str) -> None:
    """Case 145: the place names the secret, not the value."""
    assert REDACTOR.at(pointer, value) == shown


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"password":"CANARY"}'),
        ("text/html", b'{"password":"CANARY"}'),
        ("", b"password=CANARY"),
        ("application/x-www-form-urlencoded", b"a=1&password=CANARY"),
        ("application/problem+json; charset=utf-16", '{"password":"CANARY"}'.encode("utf-16")),
        ("application/xml", b"<password>CANARY</password>"),
    ],
)
def test_a_body_is_read_by_what_it_is(content_type: str, body: bytes) -> None:
    """Case 145."""
    kept = REDACTOR.body(headers(content_type=content_type), body)
    assert kept.content is not None
    assert SECRET in kept.content.decode()
    assert b"CANARY" not in kept.content
    assert (kept.length, kept.digest) == (len(body), REDACTOR.mark.digest(body))


def test_a_compressed_body_is_kept_readable() -> None:
    body = gzip.compress(b'{"password":"CANARY","a":1}')
    kept = REDACTOR.body(headers(content_type="application/json", content_encoding="gzip"), body)
    assert kept.content == f'{{"password":"{SECRET}","a":1}}'.encode()
    assert kept.length == len(body)


@pytest.mark.parametrize(
    ("lines", "body", "why"),
    [
        ({"content_type": "image/png"}, b"CANARY", "binary"),
        ({}, b"\x00C\x00A\x00N\x00A\x00R\x00Y", "binary"),
        ({"content_type": "text/plain; charset=nonsense"}, b"CANARY", "binary"),
        ({"content_type": "text/plain; charset=rot13"}, b"CANARY", "binary"),
        ({"content_type": "text/plain; charset=base64"}, b"CANARY", "binary"),
        ({"content_type": "text/plain"}, b"CANARY\xff", "binary"),
        ({"content_type": "multipart/form-data"}, b"CANARY", "binary"),
        ({"content_encoding": "br"}, b"CANARY", "unreadable"),
        ({"content_encoding": "gzip"}, b"CANARY", "unreadable"),
        ({"content_encoding": "gzip"}, gzip.compress(bytes(READ_LIMIT + 1), mtime=0), "unreadable"),
        ({"content_type": "text/plain"}, b"CANARY " * READ_LIMIT, "too_large"),
    ],
)
def test_what_cannot_be_read_leaves_length_and_hash_only(lines: dict[str, str], body: bytes, why: str) -> None:
    """Case 145: it fails closed."""
    kept = REDACTOR.body(headers(**lines), body)
    assert (kept.content, kept.withheld) == (None, why)
    assert (kept.length, kept.digest) == (len(body), REDACTOR.mark.digest(body))


def test_a_body_over_the_capture_limit_leaves_nothing() -> None:
    assert REDACTOR.body(headers(), None).withheld == "too_large"


def test_a_long_body_is_cut_and_says_so() -> None:
    """Case 150: bounded, with a flag, the original length and a hash."""
    body = ("é" * CAP).encode()
    kept = REDACTOR.body(headers(content_type="text/plain"), b"x" + body)
    assert kept.content is not None
    assert kept.truncated
    assert len(kept.content) in (CAP, CAP - 1)
    assert kept.content.decode().startswith("xéé")
    assert (kept.length, kept.digest) == (len(body) + 1, REDACTOR.mark.digest(b"x" + body))
    assert not REDACTOR.body(headers(), b"short").truncated


def test_text_is_what_every_store_takes() -> None:
    assert REDACTOR.text("a\x00b\udc80") == "a\\x00b\\udc80"
