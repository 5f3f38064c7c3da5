"""Dates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.parity.dates import are_the_same, moment

HTTP = "Sun, 05 Jan 2025 10:00:00 GMT"


@pytest.mark.parametrize(
    "other",
    [
        "2025-01-05T10:00:00",
        "2025-01-05T10:00:00.123456",
        "2025-01-05 10:00:00",
        "2025-01-05T10:00:00Z",
        "2025-01-05T12:00:00+02:00",
    ],
)
def test_the_same_moment(other: str) -> None:
    assert are_the_same(HTTP, other)


@pytest.mark.parametrize("other", ["2025-01-05T11:00:00", "2025-01-05T10:00:00+02:00", "2025-01-05", "now", ""])
def test_another_moment(other: str) -> None:
    assert not are_the_same(HTTP, other)


@pytest.mark.parametrize("text", ["2025-13-45", "Sun, 99 Jan 2025 10:00:00 GMT", "9999-99-99T99:99:99Z", "0000-01-01"])
def test_an_impossible_date_is_none(text: str) -> None:
    assert moment(text) is None


@given(st.text(max_size=30))
def test_any_text_is_read(text: str) -> None:
    moment(text)


def test_the_ends_of_time_can_be_compared() -> None:
    assert not are_the_same("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")
