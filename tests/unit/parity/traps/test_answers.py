"""E, L, K, V, X: what each of the recognisers must not take for its own."""

from __future__ import annotations

from gateway.exchange import Outcome
from gateway.parity.difference import UNEXPLAINED
from tests.unit.parity.answers import a_json, a_request, an_answer, compared

PAGE = {"content_type": "text/html"}


def causes(legacy: Outcome, v2: Outcome, **request: str) -> set[str]:
    return {one.cause for one in compared(legacy, v2, request=a_request(**request)).differences}


def test_an_error_body_of_fastapi_under_the_same_status() -> None:
    detail = a_json({"detail": "no"}, 404)
    assert causes(an_answer(b"<h1>", 404, **PAGE), detail) == {"error.body"}
    assert causes(a_json({"error": "no"}, 404), detail) == {"error.body"}
    assert causes(a_json({"error": "no"}, 404), a_json({"error": "yes"}, 404)) == {UNEXPLAINED}
    assert causes(an_answer(b"<h1>", 403, **PAGE), detail) == {UNEXPLAINED}


def test_another_header_of_an_error_is_not_its_body_s() -> None:
    legacy, v2 = an_answer(b"<h1>", 401, www_authenticate="Basic", **PAGE), a_json({"detail": "no"}, 401)
    assert causes(legacy, v2) == {"error.body", UNEXPLAINED}


def test_redirects() -> None:
    legacy = an_answer(b"<p>", 302, location="/x", **PAGE)
    assert causes(legacy, an_answer(status=307, location="/x")) == {"redirect.status"}
    assert causes(legacy, an_answer(status=302, location="/x")) == {"redirect.status"}
    assert causes(legacy, an_answer(status=302, location="/y")) == {"redirect.status", UNEXPLAINED}
    assert causes(legacy, a_json({"a": 1})) == {UNEXPLAINED}


def test_cookies() -> None:
    legacy = an_answer(set_cookie="a=1; Path=/")
    assert causes(legacy, an_answer(set_cookie="a=1; Path=/; SameSite=lax")) == {"cookie.attributes"}
    assert causes(legacy, an_answer(set_cookie="a=1; Path=/x")) == {UNEXPLAINED}
    assert causes(legacy, an_answer(set_cookie="a=samesite; Path=/")) == {UNEXPLAINED}


def test_vary() -> None:
    assert causes(an_answer(vary="Cookie"), an_answer()) == {"vary.cookie"}
    assert causes(an_answer(vary="Accept"), an_answer()) == {UNEXPLAINED}


def test_conditional_answers() -> None:
    legacy = an_answer(status=304, etag='"1"')
    asked = {"if_none_match": '"1"'}
    assert causes(legacy, a_json({"a": 1}), **asked) == {"response.not-conditional"}
    assert causes(legacy, a_json({"a": 1}, etag='"2"'), **asked) == {"file.headers"}
    assert causes(a_json({"a": 1}, etag='"1"'), a_json({"a": 1})) == {"response.not-conditional"}
    assert "response.not-conditional" not in causes(a_json({"a": 1}, etag='"1"'), a_json({"a": 2}, etag='"2"'))
