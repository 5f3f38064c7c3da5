"""The log's page shows each act once, and says when the log cannot be believed."""

from __future__ import annotations

from dataclasses import replace

from gateway.audit.chain import Head, verify
from gateway.audit.entry import Action, Entry, Outcome
from gateway.console.pages.trail import MOST, AuditPage, audit_page
from tests.support.audit import a_flip, entries_of


def page_of(entries: list[Entry], before: int | None = None) -> AuditPage:
    lines = [entry.line().rstrip(b"\n") for entry in entries]
    head = Head(entries[-1].seq, entries[-1].hash) if entries else None
    return audit_page(reversed(entries), verify(lines, head), before)


def test_an_act_is_shown_once_with_what_came_of_it() -> None:
    begun = a_flip(outcome=Outcome.BEGUN)
    page = page_of(entries_of(begun, begun.ended(Outcome.DONE, 1), a_flip(outcome=Outcome.BEGUN)))
    assert [(line.seq, line.outcome) for line in page.lines] == [(3, "interrupted"), (2, "done")]
    assert page.entries == 3
    assert page.findings == ()


def test_what_it_was_about_is_told_in_words() -> None:
    page = page_of(entries_of(a_flip(), a_flip(action=Action.FORCE, old={}, new={"side": "legacy"})))
    assert [(line.old, line.new) for line in page.lines] == [("", "side legacy"), ("shadow", "canary, percent 5")]


def test_a_long_log_is_cut_into_pages_without_a_gap() -> None:
    entries = entries_of(*(a_flip(reason=str(number)) for number in range(2 * MOST + 3)))
    seen, before = [], None
    while True:
        page = page_of(entries, before)
        seen += [line.seq for line in page.lines]
        if page.older is None:
            break
        before = page.older
    assert seen == [entry.seq for entry in reversed(entries)]


def test_a_changed_line_is_named() -> None:
    entries = entries_of(a_flip(), a_flip())
    entries[0] = replace(entries[0], act=a_flip(actor="nobody"))
    assert any("line 1" in finding for finding in page_of(entries).findings)


def test_a_time_that_is_none_breaks_nothing() -> None:
    entries = entries_of(a_flip())
    assert page_of([replace(entries[0], time="yesterday")]).lines[0].time == 0.0


def test_an_empty_log_is_a_page_too() -> None:
    page = page_of([])
    assert (page.lines, page.older, page.entries, page.head) == ((), None, 0, "")
