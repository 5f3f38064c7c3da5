"""The page of the causes says what the catalogue and the rows say, and the catalogue has every trap."""

from __future__ import annotations

import re

from gateway.parity.cause import Severity
from gateway.parity.causes import catalogue
from gateway.parity.difference import UNEXPLAINED
from tests.traps.page import FAULTS, PAGE, page
from tests.traps.rows import every_row

GROUPS = {
    "R": (1, 2, 3, 4, 5, 6, 7, "7b", "7c", "7d", "7e", 8, 9, 10, 11, 12),
    "Q": range(1, 8),
    "J": range(1, 7),
    "F": range(1, 6),
    "C": (1,),
    "S": range(1, 7),
    "D": range(1, 6),
    "N": range(1, 6),
    "M": (1,),
    "E": range(1, 4),
    "L": (1,),
    "K": (1,),
    "V": (1,),
    "X": range(1, 4),
    "O": range(1, 6),
}
TRAPS = [f"{group}{number}" for group, numbers in GROUPS.items() for number in numbers]

# What no pair of answers can show: both are about how the applications are hosted.
INVISIBLE = {"R11", "R12"}


def test_every_trap_is_in_the_catalogue_once() -> None:
    assert sorted(cause.trap for cause in catalogue()) == sorted(TRAPS)


def test_every_trap_that_can_be_provoked_has_a_row() -> None:
    assert {row.trap for row in every_row()} == set(TRAPS) - INVISIBLE - FAULTS


def test_what_is_no_difference_or_cannot_be_seen_has_no_recogniser_and_everything_else_has_one() -> None:
    blind = {cause.trap for cause in catalogue() if cause.recognise is None}
    assert blind == INVISIBLE | {cause.trap for cause in catalogue() if cause.severity is Severity.NONE}


def test_names_are_speaking_and_unique() -> None:
    names = [cause.name for cause in catalogue()]
    assert len(set(names)) == len(names)
    assert UNEXPLAINED not in names
    assert all(re.fullmatch(r"[a-z]+\.[a-z0-9-]+", name) for name in names)


def test_sentences_are_one_line_without_an_end() -> None:
    for cause in catalogue():
        for sentence in (cause.what, cause.fix):
            assert sentence
            assert "\n" not in sentence
            assert not sentence.endswith(".")


def test_the_page_is_what_the_catalogue_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.traps.page writes it"
