"""Q, J, F, C: what each of the recognisers must not take for its own."""

from __future__ import annotations

import pytest

from gateway.parity.difference import UNEXPLAINED
from tests.unit.parity.answers import a_json, a_request, an_answer, compared

FORM = {"content_type": "application/x-www-form-urlencoded"}


def complaint(kind: str, *where: str, given: object = "x") -> object:
    return a_json({"detail": [{"type": kind, "loc": list(where), "input": given}]}, 422)


@pytest.mark.parametrize(
    ("kind", "where", "given", "status", "name"),
    [
        ("int_parsing", "query", "abc", 200, "query.bad-value"),
        ("int_parsing", "query", "", 200, "query.empty-value"),
        ("bool_parsing", "query", "", 200, "query.empty-value"),
        ("less_than_equal", "query", "99", 200, "query.bad-value"),
        ("missing", "query", None, 400, "query.missing"),
        ("missing", "query", None, 200, UNEXPLAINED),
        ("missing", "body", None, 500, "body.missing-key"),
        ("json_invalid", "body", None, 400, "body.malformed-json"),
        ("string_type", "body", 1, 200, "body.lax-types"),
        ("missing", "header", None, 200, UNEXPLAINED),
    ],
)
def test_complaints_by_type_place_and_legacy_s_status(
    kind: str, where: str, given: object, status: int, name: str
) -> None:
    found = compared(an_answer(b"x", status), complaint(kind, where, "n", given=given))  # type: ignore[arg-type] # a response
    assert {one.cause for one in found.differences} == {name}


@pytest.mark.parametrize(
    ("query", "legacy", "v2"),
    [
        (b"n=1&m=2", 1, 2),
        (b"n=1.5", 1, 2),
        (b"b=true", True, False),
        (b"n=a%C3%BC", "ü", "u"),
    ],
)
def test_a_harmless_query_explains_nothing(query: bytes, legacy: object, v2: object) -> None:
    found = compared(a_json({"value": legacy}), a_json({"value": v2}), request=a_request(query=query))
    assert {one.cause for one in found.differences} == {UNEXPLAINED}


@pytest.mark.parametrize("cookie", ["a=1; b=2", "session=eyJ.x.y", ""])
def test_harmless_cookies_explain_nothing(cookie: str) -> None:
    found = compared(a_json({"value": 1}), a_json({"value": 2}), request=a_request(cookie=cookie))
    assert {one.cause for one in found.differences} == {UNEXPLAINED}


@pytest.mark.parametrize("cookie", ["x=1; x=2", 'x={"a": 1}', "k", 'x="a"'])
def test_odd_cookies_explain_a_difference(cookie: str) -> None:
    found = compared(a_json({"value": 1}), a_json({"value": 2}), request=a_request(cookie=cookie))
    assert {one.cause for one in found.differences} == {"cookie.parsing"}


def test_a_full_form_explains_nothing() -> None:
    request = a_request("POST", body=b"a=1&b=2", **FORM)
    found = compared(a_json({"value": ""}), a_json({"value": None}), request=request)
    assert {one.cause for one in found.differences} == {UNEXPLAINED}
