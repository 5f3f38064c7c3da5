"""Which map a change is for."""

from __future__ import annotations

import re

import pytest

from gateway.console.conditions import IF_MATCH, expected_revision
from gateway.console.refusals import Refused

REVISION = "0123456789abcdef" * 4


@pytest.mark.parametrize("given", [f'"{REVISION}"', REVISION, f'"{REVISION[:12]}"', f' "{REVISION}" '])
def test_whole_revision_or_twelve_characters_of_it(given: str) -> None:
    assert REVISION.startswith(expected_revision([given]))


@pytest.mark.parametrize(("given", "status"), [([], 428), (["*"], 428), ([REVISION, REVISION], 412), ([""], 412)])
def test_anything_else_is_refused(given: list[str], status: int) -> None:
    with pytest.raises(Refused) as caught:
        expected_revision(given)
    assert caught.value.denied.status == status


@pytest.mark.parametrize("given", [REVISION[:11], REVISION + "0", f'W/"{REVISION}"', f'"{REVISION}", "x"', "\xff" * 12])
def test_what_names_no_revision_matches_none(given: str) -> None:
    with pytest.raises(Refused) as caught:
        expected_revision([given])
    assert caught.value.denied.status == 412


def test_what_the_description_asks_for_is_taken() -> None:
    assert re.search(IF_MATCH["schema"]["pattern"], f'"{REVISION}"')
    assert not re.search(IF_MATCH["schema"]["pattern"], "*")
