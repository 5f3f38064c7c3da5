"""What is kept and what is counted."""

from __future__ import annotations

from gateway.parity.difference import Kind, Part, Rest
from gateway.parity.findings import KEPT, KEPT_AT_A_PLACE, LOOKED_AT, PLACES, Findings
from gateway.parity.place import ROOT, Places
from gateway.parity.rules import Excuse, Rules
from gateway.parity.strict import parse
from tests.unit.parity.answers import TODAY


def findings(*excuses: Excuse) -> Findings:
    document = parse(b'{"a": 1, "b": 1}')
    return Findings(Places(Rules(excuses=excuses), TODAY, (document, document)))


def add(found: Findings, name: str) -> None:
    found.member(Kind.CHANGED, b"1", "x", (ROOT, name), (ROOT, name))


def test_ten_of_a_place_are_kept_and_the_rest_is_counted_by_its_formats() -> None:
    found = findings()
    for _ in range(KEPT_AT_A_PLACE + 5):
        add(found, "a")
    assert len(found.unexcused) == KEPT_AT_A_PLACE
    assert found.rest == (Rest("/a", "integer", "text free", 5),)


def test_a_hundred_are_kept_and_the_first_of_every_place_beyond() -> None:
    found = findings()
    for number in range(KEPT * 2):
        add(found, f"p{number % 40}x")
    assert len(found.unexcused) == KEPT
    add(found, "new")
    assert found.unexcused[-1].location == "/new"
    for number in range(PLACES * 2):
        add(found, f"q{number}x")
    assert len(found.unexcused) == PLACES


def test_the_excused_do_not_displace_the_others() -> None:
    found = findings(Excuse("why", at="$.a"))
    for _ in range(KEPT * 2):
        add(found, "a")
    add(found, "b")
    assert [one.location for one in found.unexcused] == ["/b"]
    assert len(found.excused) == KEPT
    assert found.rest == ()


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
