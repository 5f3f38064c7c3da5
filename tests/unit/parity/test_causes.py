"""The catalogue at work. `tests/traps/` provokes each entry; here is what no entry may claim."""

from __future__ import annotations

import pytest

from gateway.exchange import Outcome, Request
from gateway.parity.causes import catalogue, rendered
from gateway.parity.difference import UNEXPLAINED, Difference, Kind, Part
from tests.unit.parity.answers import a_json, a_request, an_answer, compared

HTTP = "Sun, 05 Jan 2025 10:00:00 GMT"
PAGE = {"content_type": "text/html; charset=utf-8"}


def causes(legacy: Outcome, v2: Outcome, request: Request | None = None) -> set[str]:
    return {one.cause for one in compared(legacy, v2, request=request).differences}


@pytest.mark.parametrize(
    ("legacy", "v2", "request_"),
    [
        (a_json({"a": 1}), a_json({"a": 2}), a_request()),
        (a_json({"a": HTTP}), a_json({"a": "2025-01-05T11:00:00"}), a_request()),
        (a_json({"a": HTTP}), a_json({"a": "tomorrow"}), a_request()),
        (a_json({"a": "1.10"}), a_json({"a": 1.2}), a_request()),
        (a_json({"a": "seven"}), a_json({"a": 7}), a_request()),
        (a_json({"a": True}), a_json({"a": False}), a_request(query=b"b=true")),
        (a_json({"a": 1}), a_json({"a": 2}), a_request(query=b"n=1&n=1")),
        (a_json([1, 2]), a_json([2, 1]), a_request()),
        (a_json({"a": 1}), an_answer(b"Internal Server Error", 500, content_type="text/plain"), a_request()),
        (an_answer(b"error", 500, **PAGE), a_json({"a": 1}), a_request()),
        (an_answer(b"gone", 404, **PAGE), a_json({"id": 7}), a_request(path="/items/7")),
        (an_answer(b"gone", 404, **PAGE), a_json({"id": 7}), a_request(path="/f/1.5")),
        (an_answer(b"gone", 404, **PAGE), an_answer(b"gone", 410, **PAGE), a_request()),
        (a_json({"a": 1}), a_json({"detail": "Not Found"}, 404), a_request()),
        (a_json({"a": 1}), a_json({"detail": [{"loc": ["header", "x"], "type": "missing"}]}, 422), a_request()),
        (an_answer(b"", 302, location="/a"), an_answer(b"", 302, location="/b"), a_request()),
        (an_answer(set_cookie="a=1; Secure"), an_answer(set_cookie="a=1"), a_request()),
        (an_answer(set_cookie="a=1"), an_answer(), a_request()),
        (an_answer(x_page="1"), an_answer(), a_request()),
    ],
)
def test_what_has_no_known_cause_is_unexplained(legacy: Outcome, v2: Outcome, request_: Request) -> None:
    assert causes(legacy, v2, request_) == {UNEXPLAINED}


def test_a_specific_cause_comes_before_a_general_one() -> None:
    """A date is a date also when a parameter was given twice; what remains is the parameter's."""
    legacy, v2 = a_json({"at": HTTP, "n": 1}), a_json({"at": "2025-01-05T10:00:00", "n": 2})
    found = {one.location: one.cause for one in compared(legacy, v2, request=a_request(query=b"n=1&n=2")).differences}
    assert found == {"/at": "json.datetime-format", "/n": "query.repeated-name"}


def test_a_trap_explains_nothing_beside_itself() -> None:
    legacy, v2 = a_json({"at": HTTP, "n": 1}), a_json({"at": "2025-01-05T10:00:00", "n": 2})
    found = {one.location: one.cause for one in compared(legacy, v2).differences}
    assert found == {"/at": "json.datetime-format", "/n": UNEXPLAINED}


def test_the_excused_have_causes_too() -> None:
    from gateway.parity.rules import Excuse, Rules  # noqa: PLC0415 - one test's own

    rules = Rules(excuses=(Excuse("known", at="$.at"),))
    (one,) = compared(a_json({"at": HTTP}), a_json({"at": "2025-01-05T10:00:00"}), rules).differences
    assert (one.cause, one.excused_by) == ("json.datetime-format", "known")


def test_a_sentence_says_where_what_and_what_to_do() -> None:
    (one,) = compared(a_json([{"at": HTTP}]), a_json([{"at": "2025-01-05T10:00:00"}])).differences
    assert rendered(one) == (
        "D1 json.datetime-format at /*/at: legacy sends an HTTP date, v2 ISO 8601; "
        "fix: serialise datetimes with werkzeug.http.http_date"
    )


def test_a_sentence_without_a_cause_shows_the_values() -> None:
    (one,) = compared(a_json({"a": 1}), a_json({})).differences
    assert rendered(one.but(cause=UNEXPLAINED)) == "unexplained at /a: legacy 1, v2 nothing"
    whole = Difference(Part.STATUS, "", Kind.CHANGED, "200", "201")
    assert rendered(whole) == "unexplained at the status: legacy 200, v2 201"


def test_the_catalogue_is_built_anew_and_equal() -> None:
    assert [cause.trap for cause in catalogue()] == [cause.trap for cause in catalogue()]
