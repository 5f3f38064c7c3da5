"""An address is typed, sent around and cut off: whatever it holds, the page is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.console.pages.asked import (
    LONGEST,
    column_order,
    hours,
    mismatches_chosen,
    mismatches_query,
    routes_chosen,
    routes_query,
)
from gateway.console.views.mismatches import MismatchesQuery
from gateway.console.views.routes import Order, RoutesQuery, Sort
from gateway.parity.gate import GateState
from gateway.routing.mode import Mode

NAMES = ["q", "mode", "state", "cause", "sort", "order", "limit", "offset", "route", "field", "everything", "hours"]


@given(st.dictionaries(st.sampled_from(NAMES), st.text()))
def test_any_address_can_be_answered(asked: dict[str, str]) -> None:
    query, groups = routes_query(asked), mismatches_query(asked)
    assert 0 <= query.offset <= 10**9
    assert 0 <= query.limit <= 10**9
    assert len(query.q) <= LONGEST
    assert 0 <= groups.limit <= 10**9
    assert hours(asked) in {1.0, 24.0, 168.0}


@pytest.mark.parametrize("given_number", ["-1", "1e9", "٣", "9" * 5000, "1.5", "", " 1"])
def test_what_is_no_number_is_as_if_it_were_not_there(given_number: str) -> None:
    assert routes_query({"limit": given_number, "offset": given_number}) == RoutesQuery()


def test_everything_that_a_page_offers_can_be_asked_for() -> None:
    asked = {"q": " staff ", "mode": "canary", "state": "not_ready", "cause": "x", "sort": "bound", "order": "desc"}
    expected = RoutesQuery("staff", Mode.CANARY, GateState.NOT_READY, "x", Sort.BOUND, Order.DESCENDING)
    assert routes_query(asked) == expected
    assert routes_chosen(expected) == {**asked, "q": "staff", "limit": 0}
    assert hours({"hours": "168"}) == 168.0


def test_the_default_list_has_an_address_without_parameters() -> None:
    assert not any(routes_chosen(RoutesQuery()).values())
    assert not any(mismatches_chosen(MismatchesQuery()).values())
    assert mismatches_query({"everything": "1", "route": "a"}) == MismatchesQuery(route="a", everything=True)


@pytest.mark.parametrize(
    ("sort", "worst"),
    [("mismatches", "desc"), ("traffic", "desc"), ("v2_p95", "desc"), ("bound", "asc"), ("gate", "asc"), ("id", "asc")],
)
def test_a_column_shows_the_worst_first_and_the_best_when_it_is_asked_for_again(sort: str, worst: str) -> None:
    first = routes_query({"sort": sort})
    assert first.order.value == worst
    assert column_order(first, sort) == ("desc" if worst == "asc" else "asc")
    again = routes_query({"sort": sort, "order": column_order(first, sort)})
    assert again.order is not first.order
    assert column_order(again, sort) == ""
    assert column_order(first, "mode") == "", "another column begins with its own worst"
    assert routes_query({"sort": sort, "order": routes_chosen(again)["order"]}) == again
