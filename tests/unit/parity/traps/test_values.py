"""S, D, N, M: what each of the recognisers must not take for its own."""

from __future__ import annotations

import pytest

from gateway.parity.difference import UNEXPLAINED
from tests.unit.parity.answers import a_json, an_answer, compared

HTTP = "Sun, 05 Jan 2025 10:00:00 GMT"
CRASH = an_answer(b"<h1>Internal Server Error</h1>", 500, content_type="text/html")


@pytest.mark.parametrize(
    ("legacy", "v2", "name"),
    [
        (HTTP, "2025-01-05T10:00:00.999999", "json.datetime-format"),
        (HTTP, "2025-01-05T10:00:00Z", "json.datetime-utc-format"),
        (HTTP, "2025-01-05T10:00:00+00:00", "json.datetime-utc-format"),
        (HTTP, "2025-01-05T05:00:00-05:00", "json.datetime-offset-format"),
        ("Sun, 05 Jan 2025 00:00:00 GMT", "2025-01-05", "json.date-format"),
        (HTTP, "2025-01-05", UNEXPLAINED),
        (HTTP, "2025-01-06T10:00:00", UNEXPLAINED),
        ("2025-01-05T10:00:00", HTTP, UNEXPLAINED),
        ("1.10", 1.1, "json.decimal-as-number"),
        ("12345678901234567890", 1.2345678901234567e19, "json.decimal-as-number"),
        ("1.10", 1.2, UNEXPLAINED),
        (1.1, "1.10", UNEXPLAINED),
        ("", 0, UNEXPLAINED),
        (float("nan"), None, "json.nan"),
        (float("-inf"), 0, "json.nan"),
        ("NaN", None, UNEXPLAINED),
    ],
)
def test_a_value_names_its_trap_or_none(legacy: object, v2: object, name: str) -> None:
    (one,) = compared(a_json({"a": [legacy]}), a_json({"a": [v2]})).differences
    assert one.cause == name


@pytest.mark.parametrize(
    ("v2", "name"),
    [
        ({"at": "10:00:00"}, "json.no-legacy-encoding"),
        ({"x": [{"took": "PT1H30S"}]}, "json.no-legacy-encoding"),
        ({"1": "a", "b": "c"}, "json.mixed-keys"),
        (None, "response.scalar"),
        (1.5, "response.scalar"),
        ({"a": ["red", [1, 2], 3630.0]}, UNEXPLAINED),
        ({"a": "P"}, UNEXPLAINED),
    ],
)
def test_a_crash_of_legacy_is_explained_by_what_is_unmistakable(v2: object, name: str) -> None:
    assert {one.cause for one in compared(CRASH, a_json(v2)).differences} == {name}


def test_a_member_in_an_array_s_element_is_a_model_s_and_an_element_is_not() -> None:
    (one,) = compared(a_json([{"a": 1, "b": 2}]), a_json([{"a": 1}])).differences
    assert one.cause == "model.members"
    (one,) = compared(a_json([1, 2]), a_json([1])).differences
    assert one.cause == UNEXPLAINED


def test_a_list_that_is_no_tuple_is_unexplained() -> None:
    found = compared(a_json({"a": 1}, 201), a_json([{"a": 2}, 201]))
    assert {one.cause for one in found.differences} == {UNEXPLAINED}


def test_a_surrogate_pair_is_none_of_two_halves() -> None:
    crash = an_answer(b"Internal Server Error", 500, content_type="text/plain")
    assert {one.cause for one in compared(a_json("\U0001f600"), crash).differences} == {UNEXPLAINED}
    assert {one.cause for one in compared(a_json("\ud83d"), crash).differences} == {"json.lone-surrogate"}
