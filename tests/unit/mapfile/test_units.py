"""Values with units: what is written, the number it stands for, and what is said about anything else."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.mapfile.units import BadValue, day, seconds, share, size


@pytest.mark.parametrize(("written", "value"), [("30s", 30.0), ("250ms", 0.25), ("1.5m", 90.0), ("1h", 3600.0)])
def test_a_duration_is_seconds(written, value):
    assert seconds(written) == value


@pytest.mark.parametrize(("written", "value"), [("100%", 1.0), ("0%", 0.0), ("99.9%", 0.999), ("0.5%", 0.005)])
def test_a_percentage_is_a_share_without_rounding_noise(written, value):
    assert share(written) == value


@pytest.mark.parametrize(("written", "value"), [("512B", 512), ("256KiB", 262144), ("1MiB", 1048576)])
def test_a_size_is_bytes(written, value):
    assert size(written) == value


def test_a_date_is_a_day():
    assert day("2027-03-01") == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("convert", "written", "hint"),
    [
        (seconds, 30, "write 30s"),
        (seconds, "30", "such as 30s"),
        (seconds, "30 s", "such as 30s"),
        (seconds, True, "such as 30s"),
        (share, 5, "write 5%"),
        (share, "101%", "0% to 100%"),
        (share, "-1%", "such as 100%"),
        (size, "256KB", "such as 256KiB"),
        (size, "256kib", "such as 256KiB"),
        (day, "2027-02-30", "calendar"),
        (day, "1.3.2027", "year-month-day"),
        (day, 2027, "year-month-day"),
    ],
)
def test_anything_else_is_refused_with_what_to_write(convert, written, hint):
    with pytest.raises(BadValue) as refused:
        convert(written)
    assert hint in refused.value.hint
