"""Groups of mismatches, and one mismatch in full."""

from __future__ import annotations

from dataclasses import replace

from gateway.console.views.cause import CauseCount, Causes
from gateway.console.views.mismatch import MismatchPage, mismatch_page
from gateway.console.views.mismatches import (
    MismatchesQuery,
    cause_counts,
    group_query,
    mismatches_page,
    summed,
    understood,
)
from gateway.evidence.sample import Body
from gateway.evidence.store import CauseTally, Group, GroupPage
from gateway.parity.difference import Difference, Kind, Part
from tests.support.picture import a_picture, a_stratum, loaded_map
from tests.support.records import a_sample

LOADED = loaded_map()
PICTURE = a_picture(LOADED, [a_stratum(LOADED, "compared", 100, 20)])
EPOCH = PICTURE.judged["compared"].epoch
GROUP = Group("compared", "s", 3, 1.0, 3.0, ("json.datetime-format",), ("body /a",), ("one", "two", "three"))


def page_of(sample_id: str, **parts) -> MismatchPage:
    sample = replace(a_sample(), **{"id": sample_id, "route": "compared", "epoch": EPOCH, **parts})
    return mismatch_page(sample, GROUP, PICTURE, Causes(), "http://127.0.0.1:8000")


def test_only_the_current_epochs_of_routes_that_differ_are_asked_for() -> None:
    assert group_query(PICTURE, MismatchesQuery()).epochs == {"compared": EPOCH}
    assert group_query(PICTURE, MismatchesQuery(everything=True)).epochs is None
    asked = group_query(PICTURE, understood(MismatchesQuery("compared", "c", "/f", limit=10**9, offset=10**99)))
    assert (asked.route, asked.cause, asked.field, asked.limit, asked.offset) == ("compared", "c", "/f", 200, 2**31 - 1)


def test_a_page_says_how_much_there_is_on_every_page() -> None:
    page = mismatches_page(PICTURE, MismatchesQuery(), GroupPage((GROUP,), 40, 900), (CauseCount("c", 9),), Causes())
    assert (page.found, page.mismatches, page.groups[0].samples) == (40, 900, ("three", "two", "one"))
    assert page.evidence == "ok"


def test_causes_are_counted_over_groups_and_routes() -> None:
    tallies = [CauseTally("r", "e", ("a", "b"), 2), CauseTally("q", "e", ("b",), 3)]
    assert cause_counts(tallies) == (CauseCount("b", 5), CauseCount("a", 2))
    assert summed({"r": (CauseCount("a", 1),), "q": (CauseCount("a", 4), CauseCount("b", 9))}) == (
        CauseCount("b", 9),
        CauseCount("a", 5),
    )


def test_a_mismatch_has_its_neighbours_in_the_group() -> None:
    assert (page_of("one").older, page_of("one").newer) == (None, "two")
    assert (page_of("two").older, page_of("two").newer) == ("one", "three")
    assert (page_of("gone").older, page_of("gone").newer) == (None, None)


def test_a_difference_says_how_it_would_be_excused() -> None:
    places = (
        Difference(Part.BODY, "/items/3/a b", Kind.CHANGED, "1", "2"),
        Difference(Part.HEADER, "etag", Kind.REMOVED, "x", None, excused_by="noise"),
        Difference(Part.STATUS, "", Kind.CHANGED, "200", "201"),
    )
    body, header, status = page_of("one", differences=places).differences
    assert (body.at, body.header) == ("$.items[*]['a b']", None)
    assert (header.at, header.header, header.excused_by) == (None, "etag", "noise")
    assert (status.at, status.header) == (None, None)


def test_an_earlier_epochs_mismatch_is_not_current() -> None:
    assert page_of("one").is_current
    assert not page_of("one", epoch="before").is_current
    assert not page_of("one", route="gone").is_current


def test_a_side_without_an_answer_says_why_and_a_withheld_body_too() -> None:
    sample = a_sample()
    page = page_of("one", legacy=replace(sample.legacy, body=Body(None, 9, "ab", withheld="binary")))
    assert (page.v2.status, page.v2.failure, page.v2.body) == (None, "timeout", None)
    assert page.legacy.body is not None
    assert (page.legacy.body.text, page.legacy.body.withheld, page.legacy.body.length) == (None, "binary", 9)
    assert page.curl.command.startswith("curl -i --path-as-is 'http://127.0.0.1:8000/r?a=1'")
    assert page.lines[0].differs
