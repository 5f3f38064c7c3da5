"""Set-Cookie, by structure."""

from __future__ import annotations

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from gateway.parity.cookies import Cookie, parse_cookie
from gateway.parity.difference import Kind, Verdict
from tests.unit.parity.answers import an_answer, compared


def found(legacy: str | list[str], v2: str | list[str]) -> list[tuple[Kind, str | None, str | None]]:
    comparison = compared(an_answer(set_cookie=legacy), an_answer(set_cookie=v2))
    assert {one.location for one in comparison.differences} <= {"set-cookie"}
    return [(one.kind, one.legacy, one.v2) for one in comparison.differences]


def test_a_line_is_parsed() -> None:
    assert parse_cookie(b"a=1=2; Path=/; HttpOnly;; Max-Age=5") == Cookie(
        "a", "1=2", {"path": "/", "httponly": "", "max-age": "5"}
    )
    assert parse_cookie(b"odd") == Cookie("", "odd")


def test_order_of_cookies_and_attributes_means_nothing() -> None:
    assert found(["a=1; Path=/; Secure", "b=2"], ["b=2", "a=1; secure; path=/"]) == []


def test_a_missing_cookie_and_another_value() -> None:
    assert found(["a=1", "b=2"], "a=1") == [(Kind.REMOVED, "b", None)]
    assert found("a=1", ["a=1", "b=2"]) == [(Kind.ADDED, None, "b")]
    assert found("a=1", "a=2") == [(Kind.CHANGED, "a=1", "a=2")]


def test_attributes() -> None:
    assert found("a=1", "a=1; SameSite=lax") == [(Kind.ADDED, None, "a; samesite=lax")]
    assert found("a=1; SameSite=Lax", "a=1; SameSite=lax") == []
    assert found("a=1; Secure", "a=1") == [(Kind.REMOVED, "a; secure", None)]
    assert found("a=1; Path=/", "a=1; Path=/x") == [(Kind.CHANGED, "a; path=/", "a; path=/x")]
    assert found("a=1; Domain=.Shop.test", "a=1; Domain=shop.test") == []


def test_expiry_may_be_off_by_two_seconds() -> None:
    date = "a=1; Expires=Sun, 05 Jan 2025 10:00:0{} GMT; Max-Age={}"
    comparison = compared(an_answer(set_cookie=date.format(0, 60)), an_answer(set_cookie=date.format(2, 58)))
    assert (comparison.verdict, comparison.equivalences) == (Verdict.EQUIVALENT, ("cookie-expiry-jitter",))
    assert len(found(date.format(0, 60), date.format(3, 57))) == 2
    assert found("a=1; Max-Age=soon", "a=1; Max-Age=60") != []


def test_values_of_sessions_and_csrf_tokens_are_ignored() -> None:
    for name in ("session", "csrftoken", "remember_token", "XSRF-TOKEN", "sid"):
        assert found(f"{name}=abc; HttpOnly", f"{name}=def; HttpOnly") == []
        assert found(f"{name}=abc; HttpOnly", f"{name}=def") != []


def signed(payload: dict[str, object]) -> str:
    app = Flask("shop")
    app.secret_key = "for tests"
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return str(serializer.dumps(payload))


def test_what_a_session_holds_is_compared() -> None:
    cart = {"cart": [1, 2], "csrf_token": "a"}
    assert found(f"session={signed(cart)}", f"session={signed({**cart, 'csrf_token': 'b'})}") == []
    ((_, text, _),) = found(f"session={signed(cart)}", f"session={signed({'cart': [1], 'user': 7})}")
    assert text == "session: its payload differs in cart, user"


def test_a_large_session_is_compressed_and_compared() -> None:
    one, other = (signed({"cart": [item] * 200}) for item in (1, 2))
    assert one.startswith(".")
    assert found(f"session={one}", f"session={other}") != []


def test_the_value_of_a_deleted_cookie_means_nothing() -> None:
    assert found("a=; Max-Age=0", 'a=""; Max-Age=0') == []
