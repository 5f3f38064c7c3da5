"""What is kept and what is counted."""

from __future__ import annotations

from gateway.parity.difference import Kind, Part
from gateway.parity.findings import KEPT, LOOKED_AT, Findings
from gateway.parity.place import ROOT, Places
from gateway.parity.rules import Excuse, Rules
from gateway.parity.strict import parse
from tests.unit.parity.answers import TODAY


def findings(*excuses: Excuse) -> Findings:
    document = parse(b'{"a": 1, "b": 1}')
    return Findings(Places(Rules(excuses=excuses), TODAY, (document, document)))


def add(found: Findings, name: str) -> None:
    if found.wants():
        found.json(Kind.CHANGED, "1", "2", (ROOT, name), (ROOT, name))


def test_a_hundred_are_kept_and_the_rest_is_counted() -> None:
    found = findings()
    for _ in range(KEPT + 5):
        add(found, "a")
    assert (len(found.unexcused), found.omitted) == (KEPT, 5)


def test_the_excused_do_not_displace_the_others() -> None:
    found = findings(Excuse("why", at="$.a"))
    for _ in range(KEPT * 2):
        add(found, "a")
    add(found, "b")
    assert [one.location for one in found.unexcused] == ["/b"]
    assert len(found.excused) == KEPT
    assert found.omitted == 0


def test_enough_is_enough() -> None:
    found = findings()
    for _ in range(LOOKED_AT):
        add(found, "a")
    assert found.full


def test_headers_are_excused_by_name() -> None:
    found = findings(Excuse("why", header="etag"), Excuse("all of the body", at="$"))
    found.head(Part.HEADER, "etag", Kind.REMOVED, "x", None)
    found.head(Part.HEADER, "vary", Kind.REMOVED, "x", None)
    found.head(Part.STATUS, "", Kind.CHANGED, "200", "201")
    assert [one.location for one in found.excused] == ["etag"]
    assert [one.part for one in found.unexcused] == [Part.HEADER, Part.STATUS]


def test_equivalences_are_named_once_and_sorted() -> None:
    found = findings()
    for name in ("b", "a", "b"):
        found.equivalent(name)
    assert found.equivalences == ("a", "b")
