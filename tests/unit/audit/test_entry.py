"""A line of the audit log."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.audit.entry import GENESIS, Act, Action, Outcome, parse, sealed

ACT = Act(
    Action.FLIP, Outcome.BEGUN, "ada", "cli", "employees.get", {"mode": "shadow"}, {"mode": "v2"}, "b" * 64, "a" * 64
)


def test_line_is_canonical_json_with_its_own_hash() -> None:
    entry = sealed(7, "2026-11-20T18:24:00.120Z", ACT, GENESIS)
    document = json.loads(entry.line())
    stated = document.pop("hash")
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(canonical.encode()).hexdigest() == stated
    assert entry.line().endswith(b"}\n")
    assert (document["seq"], document["action"], document["prev"]) == (7, "flip", GENESIS)


def test_line_is_the_entry_again() -> None:
    entry = sealed(1, "now", ACT, GENESIS)
    assert parse(entry.line()) == entry
    assert entry.is_whole


@given(st.text(), st.text(), st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()))
def test_any_words_survive_the_line(actor: str, reason: str, new: dict[str, object]) -> None:
    entry = sealed(1, "now", replace(ACT, actor=actor, reason=reason, new=new), GENESIS)
    found = parse(entry.line())
    assert found == entry
    assert found is not None
    assert found.is_whole
    assert entry.line().count(b"\n") == 1
    assert entry.line().isascii()


@pytest.mark.parametrize("part", ["actor", "reason", "route", "before", "after", "gate", "note", "source"])
def test_any_change_of_a_part_shows(part: str) -> None:
    entry = sealed(1, "now", ACT, GENESIS)
    changed = parse(entry.line().replace(b'"%s":' % part.encode(), b'"%s":"!","x":' % part.encode()))
    assert changed is None
    assert not replace(entry, act=replace(ACT, **{part: "!"})).is_whole


@pytest.mark.parametrize(
    "line", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"seq": "1", "time": 1, "prev": "", "hash": ""}']
)
def test_what_is_no_entry_is_none(line: bytes) -> None:
    assert parse(line) is None


def test_outcome_names_the_line_that_it_belongs_to() -> None:
    ended = ACT.ended(Outcome.FAILED, 7, "the disk is full")
    assert (ended.outcome, ended.of, ended.note, ended.route) == (Outcome.FAILED, 7, "the disk is full", ACT.route)
