"""A number never looks better than it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.console.pages import words

THIN = words.THIN


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (None, words.UNKNOWN),
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.5, "50 %"),
        (0.29, "29 %"),
        (0.9995, "99.95 %"),
        (0.999971, "99.9971 %"),
        (0.99999999, "99.9999 %"),
        (0.98765, "98.76 %"),
    ],
)
def test_share_is_cut_and_never_rounded_up(share: float | None, text: str) -> None:
    assert words.percent(share).replace(THIN, " ") == text


@given(st.floats(0, 1, exclude_max=True))
def test_what_is_not_whole_does_not_say_100(share: float) -> None:
    assert not words.percent(share).startswith("100") or share > 1 - 1e-10
    assert words.percent(share, 0) != f"100{THIN}%" or share > 1 - 1e-7


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, words.UNKNOWN),
        (0.0, "0"),
        (0.0004, "0.01"),
        (0.04, "0.04"),
        (4.26, "4.3"),
        (41.6, "42"),
        (1234.6, "1,235"),
    ],
)
def test_rate_has_as_many_digits_as_can_be_read(value: float | None, text: str) -> None:
    assert words.rate(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, words.UNKNOWN),
        (0.00087, "870 µs"),
        (0.0124, "12.4 ms"),
        (0.42, "420 ms"),
        (1.237, "1.24 s"),
        (61, "61 s"),
    ],
)
def test_duration_has_the_unit_that_fits(seconds: float | None, text: str) -> None:
    assert words.duration(seconds).replace(THIN, " ") == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, words.UNKNOWN), (0, "0 B"), (812, "812 B"), (262_144, "256 KiB"), (1_572_864, "1.5 MiB")]
)
def test_size_is_in_powers_of_two(value: int | None, text: str) -> None:
    assert words.size(value).replace(THIN, " ") == text


@pytest.mark.parametrize(
    ("passed", "text"),
    [(-3, "just now"), (2, "just now"), (12, "12 s ago"), (240, "4 min ago"), (7300, "2 h ago"), (200_000, "2 d ago")],
)
def test_how_long_ago_is_told_in_one_unit(passed: float, text: str) -> None:
    assert words.ago(1_000_000.0 - passed, 1_000_000.0).replace(THIN, " ") == text


def test_times_are_utc_and_say_so() -> None:
    assert words.moment(1_795_270_000.0) == "2026-11-21 14:06:40Z"
    assert words.machine_moment(1_795_270_000.0) == "2026-11-21T14:06:40Z"


def test_small_words() -> None:
    assert words.plural(1, "route") == "1 route"
    assert words.plural(2000, "route") == "2,000 routes"
    assert words.times(1.0666) == "1.07\N{MULTIPLICATION SIGN}"
    assert words.times(None) == words.UNKNOWN
    assert words.count(2500) == "2,500"
    assert words.count(None) == words.UNKNOWN
    assert words.short("0123456789abcdef") == "0123456789ab"
