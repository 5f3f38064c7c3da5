"""Whether the chain holds: every way to tamper is seen, and the one that cannot be is named."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from gateway.audit.chain import Fault, Head, verify
from gateway.audit.entry import GENESIS, Act, Action, Entry, Outcome, parse, sealed

Lines = list[bytes]


def chain(number: int = 6) -> list[Entry]:
    entries: list[Entry] = []
    for index in range(number):
        act = Act(Action.FLIP, Outcome.DONE, "ada", "cli", f"route-{index}", reason=str(index))
        entries.append(sealed(index + 1, "now", act, entries[-1].hash if entries else GENESIS))
    return entries


def lines_of(entries: list[Entry]) -> Lines:
    return [entry.line().rstrip(b"\n") for entry in entries]


def head_of(entries: list[Entry]) -> Head:
    return Head(entries[-1].seq, entries[-1].hash)


ENTRIES = chain()
HEAD = head_of(ENTRIES)


def changed(lines: Lines) -> Lines:
    return [*lines[:2], lines[2].replace(b"ada", b"eve"), *lines[3:]]


def resealed(lines: Lines) -> Lines:
    """Whoever changes a line and puts its hash right has to put right all that follow."""
    entry = parse(lines[2])
    assert entry is not None
    act = Act(Action.FLIP, Outcome.DONE, "eve", "cli")
    return [*lines[:2], sealed(entry.seq, entry.time, act, entry.prev).line().rstrip(b"\n"), *lines[3:]]


TAMPERED: dict[str, tuple[Callable[[Lines], Lines], int, Fault]] = {
    "changed": (changed, 3, Fault.CHANGED),
    "changed with its hash": (resealed, 4, Fault.CHANGED),
    "missing": (lambda lines: [*lines[:2], *lines[3:]], 3, Fault.MISSING),
    "two missing": (lambda lines: [*lines[:2], *lines[4:]], 3, Fault.MISSING),
    "first missing": (lambda lines: lines[1:], 1, Fault.MISSING),
    "last missing": (lambda lines: lines[:-1], 6, Fault.TRUNCATED),
    "all missing": (lambda lines: [], 1, Fault.TRUNCATED),
    "swapped": (lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]], 4, Fault.REORDERED),
    "repeated": (lambda lines: [*lines[:3], lines[2], *lines[3:]], 4, Fault.REORDERED),
    "no entry": (lambda lines: [*lines[:3], b"nothing was changed", *lines[3:]], 4, Fault.CHANGED),
    "blank": (lambda lines: [*lines[:3], b"", *lines[3:]], 4, Fault.CHANGED),
}


@pytest.mark.parametrize(("tamper", "line", "fault"), TAMPERED.values(), ids=TAMPERED)
def test_tampering_is_seen_at_its_line(tamper: Callable[[Lines], Lines], line: int, fault: Fault) -> None:
    """Case 173."""
    report = verify(tamper(lines_of(ENTRIES)), HEAD)
    assert not report.holds
    assert (line, fault) in [(found.line, found.fault) for found in report.findings]


def test_untouched_chain_holds() -> None:
    report = verify(lines_of(ENTRIES), HEAD)
    assert (report.holds, report.entries, report.head, report.open) == (True, 6, HEAD, ())
    assert verify([], None).holds


@pytest.mark.parametrize("number", range(6))
def test_any_bit_of_any_line_counts(number: int) -> None:
    """Case 173."""
    lines = lines_of(ENTRIES)
    for place in range(0, len(lines[number]), 7):
        flipped = bytearray(lines[number])
        flipped[place] ^= 1
        assert not verify([*lines[:number], bytes(flipped), *lines[number + 1 :]], HEAD).holds


def test_log_cut_and_written_on_is_seen_by_the_head() -> None:
    """The head knows a hash that the new end has not."""
    cut = ENTRIES[:4]
    forged = [*cut]
    for index in (4, 5):
        act = Act(Action.FLIP, Outcome.DONE, "eve", "cli", str(index))
        forged.append(sealed(index + 1, "now", act, forged[-1].hash))
    report = verify(lines_of(forged), HEAD)
    assert [finding.fault for finding in report.findings] == [Fault.CHANGED]


def test_missing_head_is_said() -> None:
    (finding,) = verify(lines_of(ENTRIES), None).findings
    assert finding.fault is Fault.TRUNCATED


def test_head_that_is_one_behind_is_an_interrupted_writer_and_two_is_not() -> None:
    assert verify(lines_of(ENTRIES), Head(5, ENTRIES[4].hash)).holds
    assert not verify(lines_of(ENTRIES), Head(4, ENTRIES[3].hash)).holds


def test_chain_written_anew_looks_whole_unless_a_head_was_noted_elsewhere() -> None:
    """What no chain sees; so the documentation says to note heads."""
    forged: list[Entry] = []
    for entry in ENTRIES:
        act = Act(Action.FLIP, Outcome.DONE, "eve", "cli", entry.act.route)
        forged.append(sealed(entry.seq, "now", act, forged[-1].hash if forged else GENESIS))
    assert verify(lines_of(forged), head_of(forged)).holds
    assert not verify(lines_of(forged), head_of(forged), [HEAD.hash]).holds


@pytest.mark.parametrize("noted", ["", "0" * 64, ENTRIES[2].hash[:11], "x"])
def test_noted_hash_that_is_not_in_the_log_is_a_fault(noted: str) -> None:
    assert not verify(lines_of(ENTRIES), HEAD, [noted]).holds
    assert verify(lines_of(ENTRIES), HEAD, [ENTRIES[2].hash[:12].upper(), HEAD.hash]).holds


def test_what_was_begun_and_never_ended_is_open_and_no_fault() -> None:
    begun = Act(Action.FLIP, Outcome.BEGUN, "ada", "cli", "a")
    one = sealed(1, "now", begun, GENESIS)
    two = sealed(2, "now", begun.ended(Outcome.DONE, 1), one.hash)
    three = sealed(3, "now", begun, two.hash)
    report = verify(lines_of([one, two, three]), head_of([three]))
    assert report.holds
    assert report.open == (three,)


def test_numbers_beyond_reason_are_no_trouble() -> None:
    line = json.dumps({**ENTRIES[0].document(), "seq": 10**30}).encode()
    assert not verify([line], HEAD).holds
