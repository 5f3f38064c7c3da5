"""The page of the causes says what the catalogue and the rows say, and the catalogue has every trap."""

from __future__ import annotations

import re

from gateway.parity.cause import Severity
from gateway.parity.causes import catalogue
from gateway.parity.difference import UNEXPLAINED
from tests.traps.page import PAGE, page
from tests.traps.rows import every_row

TRAPS = [
    "R1",
    "R2",
    "R3",
    "R4",
    "R5",
    "R6",
    "R7",
    "R7b",
    "R7c",
    "R7d",
    "R7e",
    "R8",
    "R9",
    "R10",
    "R11",
    "R12",
    "Q1",
    "Q2",
    "Q3",
    "Q4",
    "Q5",
    "Q6",
    "Q7",
    "J1",
    "J2",
    "J3",
    "J4",
    "J5",
    "J6",
    "F1",
    "F2",
    "F3",
    "F4",
    "F5",
    "C1",
    "S1",
    "S2",
    "S3",
    "S4",
    "S5",
    "S6",
    "D1",
    "D2",
    "D3",
    "D4",
    "D5",
    "N1",
    "N2",
    "N3",
    "N4",
    "N5",
    "M1",
    "E1",
    "E2",
    "E3",
    "L1",
    "K1",
    "V1",
    "X1",
    "X2",
    "X3",
]

# What no pair of answers can show: both are about how the applications are hosted.
INVISIBLE = {"R11", "R12"}


def test_every_trap_is_in_the_catalogue_once() -> None:
    assert sorted(cause.trap for cause in catalogue()) == sorted(TRAPS)


def test_every_trap_that_can_be_provoked_has_a_row() -> None:
    assert {row.trap for row in every_row()} == set(TRAPS) - INVISIBLE


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
