"""Reasons that can be kept."""

from __future__ import annotations

import pytest

from gateway.changes.site import LONGEST_REASON, Site, tidy_reason
from gateway.errors import ReasonRefused


def test_reason_is_kept_without_blanks_around_it() -> None:
    assert tidy_reason("  friday \n") == "friday"
    assert tidy_reason("") == ""


@pytest.mark.parametrize("reason", ["", "  ", "\n", "x" * (LONGEST_REASON + 1), "\udcff"])
def test_reason_that_is_needed_is_one(reason: str) -> None:
    with pytest.raises(ReasonRefused):
        tidy_reason(reason, needed_for="forcing a flip")


def test_log_is_that_of_the_map(site: Site) -> None:
    assert site.audit.map_path == site.map_path
