"""The list of routes: what a row says, which rows there are, and in which order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.console.views.bounds import FURTHEST, MOST, hours_of, limit_of, offset_of, text_of
from gateway.console.views.cause import CauseCount
from gateway.console.views.picture import Spike
from gateway.console.views.routes import Order, RoutesQuery, Sort, routes_page
from gateway.console.views.row import Quantiles, served_latency
from gateway.parity.gate import GateState
from gateway.routing.mode import Mode
from tests.support.picture import a_picture, a_stratum, loaded_map

LOADED = loaded_map()
PICTURE = a_picture(
    LOADED,
    [a_stratum(LOADED, "compared", 100, 20), a_stratum(LOADED, "opening", 5000, 0)],
    causes={"compared": (CauseCount("json.date", 15), CauseCount("status.code", 5))},
    rates={("still", "legacy"): 3.0, ("opening", "legacy"): 9.0, ("opening", "v2"): 1.0},
)


def ids(**query) -> list[str]:
    return [row.id for row in routes_page(PICTURE, RoutesQuery(**query)).rows]


def test_a_row_says_what_is_known_and_why_nothing_else_is() -> None:
    still, compared, opening, moved, default = PICTURE.rows
    assert (still.gate, still.reason) == (None, "in mode legacy nothing is compared")
    assert (still.legacy_rate, still.v2_rate, still.rate) == (3.0, 0.0, 3.0)
    assert (compared.methods, compared.mismatches, compared.compared) == (("GET", "POST"), 20, 120)
    assert compared.gate is GateState.NOT_READY
    assert compared.parity == pytest.approx(100 / 120)
    assert compared.lower_bound is not None
    assert compared.lower_bound < 100 / 120
    assert "differ" in compared.reason
    assert (opening.percent, opening.gate) == (5.0, GateState.NOT_READY), "v2 takes twice as long"
    assert opening.latency is not None
    assert opening.latency.paired
    assert opening.latency.legacy is not None
    assert opening.latency.legacy.p95 == pytest.approx(0.010, rel=0.03)
    assert (moved.latency, moved.parity) == (None, None)
    assert (default.path, default.is_default) == ("*", True)


def test_without_evidence_no_row_has_a_decision_and_each_says_why() -> None:
    picture = a_picture(LOADED, evidence="the disk is full")
    compared = next(row for row in picture.rows if row.id == "compared")
    assert (compared.gate, compared.reason) == (None, "the disk is full")


def test_rates_that_are_not_known_are_not_nothing() -> None:
    assert {row.rate for row in a_picture(LOADED).rows} == {None}


def test_what_clients_were_served_is_shown_where_nothing_was_compared() -> None:
    latency = served_latency({("still", "legacy"): (0, 10)}, "still")
    assert latency is not None
    assert (latency.paired, latency.v2) == (False, None)
    assert latency.legacy == Quantiles(pytest.approx(0.0035), pytest.approx(0.005), 10)
    assert served_latency({}, "still") is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["still", "compared", "opening", "moved", "__default__"]),
        ({"q": "COMP int"}, ["compared"]),
        ({"q": "  "}, ["still", "compared", "opening", "moved", "__default__"]),
        ({"q": "' OR 1=1 --"}, []),
        ({"mode": Mode.V2}, ["moved"]),
        ({"state": GateState.NOT_READY}, ["compared", "opening"]),
        ({"state": GateState.READY}, []),
        ({"cause": "status.code"}, ["compared"]),
        ({"cause": "status"}, []),
    ],
)
def test_filters(query: dict, found: list[str]) -> None:
    assert ids(**query) == found


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("order", Order)
def test_every_order_has_every_route_and_what_is_not_known_comes_last(sort: Sort, order: Order) -> None:
    found = ids(sort=sort, order=order)
    assert sorted(found) == sorted(ids())
    if sort in {Sort.PARITY, Sort.BOUND, Sort.GATE, Sort.V2_P95, Sort.LEGACY_P95}:
        assert set(found[:2]) == {"compared", "opening"}


def test_orders() -> None:
    assert ids(sort=Sort.TRAFFIC, order=Order.DESCENDING)[:2] == ["opening", "still"]
    assert ids(sort=Sort.PARITY)[:2] == ["compared", "opening"]
    assert ids(sort=Sort.MODE, order=Order.DESCENDING)[0] == "moved"
    assert ids(order=Order.DESCENDING)[0] == "__default__"


def test_pages_add_up_and_absurd_sizes_are_brought_within_bounds() -> None:
    assert ids(limit=2) + ids(limit=2, offset=2) + ids(limit=2, offset=4) == ids()
    page = routes_page(PICTURE, RoutesQuery(limit=10**30, offset=-5))
    assert (page.query.limit, page.query.offset, page.found, page.total) == (MOST, 0, 5, 5)
    assert routes_page(PICTURE, RoutesQuery(limit=-1, offset=10**30)).rows == ()
    assert page.causes == ("json.date", "status.code")


def test_bounds() -> None:
    assert (limit_of(0), limit_of(10**9), offset_of(-1), offset_of(10**20)) == (1, MOST, 0, FURTHEST)
    assert (hours_of(float("nan"), 24.0), hours_of(-1.0, 24.0), hours_of(0.0, 24.0)) == (24.0, 1.0, 1.0)
    assert hours_of(float("inf"), 24.0) == 24.0 * 366
    assert text_of("a\x00b\ud800" + "x" * 1000) == ("ab?" + "x" * 1000)[:299]


def test_what_needs_a_person_comes_first() -> None:
    picture = replace(PICTURE, breakers=("moved",), spikes=(Spike("still", 9, 10, 5, 0.01),))
    found = [row.id for row in routes_page(picture, RoutesQuery(sort=Sort.WORST)).rows]
    assert found == ["still", "moved", "compared", "opening", "__default__"]
    calm = [row.id for row in routes_page(PICTURE, RoutesQuery(sort=Sort.WORST)).rows]
    assert calm[:2] == ["compared", "opening"], "both are not ready; the one that differs goes first"
    assert calm[2:] == ["still", "moved", "__default__"], "then by traffic, then as the map has them"
