"""What a page's address asks for. Pure, and forgiving: an address is typed, sent around and cut off.

What is no number, no rung or no state is as if it were not there; the reader brings limits within bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from gateway.console.views.mismatches import MismatchesQuery
from gateway.console.views.reader import HOURS
from gateway.console.views.routes import Order, RoutesQuery, Sort, first_order
from gateway.parity.gate import GateState
from gateway.routing.mode import Mode

PERIODS = ((1.0, "1 h"), (24.0, "24 h"), (168.0, "7 d"))
"""What the charts may show: hours, and their name."""
LONGEST = 200
"""Characters of a text that are looked for; nobody types more."""
_LARGEST = 10**9

Word = TypeVar("Word", bound=StrEnum)


def routes_query(asked: Mapping[str, str]) -> RoutesQuery:
    """The list of routes. An address that names no order asks for the worst first."""
    sort = _word(asked, "sort", Sort) or Sort.MAP
    return RoutesQuery(
        q=_text(asked, "q"),
        mode=_word(asked, "mode", Mode),
        state=_word(asked, "state", GateState),
        cause=_text(asked, "cause"),
        sort=sort,
        order=_word(asked, "order", Order) or first_order(sort),
        limit=number(asked, "limit", RoutesQuery().limit),
        offset=number(asked, "offset", 0),
    )


def mismatches_query(asked: Mapping[str, str]) -> MismatchesQuery:
    """The list of groups."""
    return MismatchesQuery(
        route=_text(asked, "route"),
        cause=_text(asked, "cause"),
        field=_text(asked, "field"),
        everything=_text(asked, "everything") not in {"", "0", "false"},
        limit=number(asked, "limit", MismatchesQuery().limit),
        offset=number(asked, "offset", 0),
    )


def routes_chosen(query: RoutesQuery) -> dict[str, object]:
    """What differs from the beginning of the list, for the addresses of its links."""
    return {
        "q": query.q,
        "mode": query.mode and query.mode.value,
        "state": query.state and query.state.value,
        "cause": query.cause,
        "sort": query.sort.value if query.sort is not Sort.MAP else "",
        "order": query.order.value if query.order is not first_order(query.sort) else "",
        "limit": query.limit if query.limit != RoutesQuery().limit else 0,
    }


def column_order(query: RoutesQuery, name: str) -> str:
    """The `order` that the heading of a column asks for: the worst first, which is empty, and then the other way."""
    sort = Sort(name)
    first = first_order(sort)
    if query.sort is not sort or query.order is not first:
        return ""
    return (Order.ASCENDING if first is Order.DESCENDING else Order.DESCENDING).value


def mismatches_chosen(query: MismatchesQuery) -> dict[str, object]:
    """The same for the groups."""
    return {
        "route": query.route,
        "cause": query.cause,
        "field": query.field,
        "everything": query.everything,
        "limit": query.limit if query.limit != MismatchesQuery().limit else 0,
    }


def hours(asked: Mapping[str, str]) -> float:
    """How much of the past the charts show: one of `PERIODS`."""
    given = asked.get("hours", "")
    return next((length for length, _ in PERIODS if f"{length:g}" == given), HOURS)


def number(asked: Mapping[str, str], name: str, default: int) -> int:
    """A whole number from 0 to a billion."""
    given = asked.get(name, "")
    return min(int(given), _LARGEST) if given.isascii() and given.isdigit() and len(given) < LONGEST else default


def _text(asked: Mapping[str, str], name: str) -> str:
    return asked.get(name, "").strip()[:LONGEST]


def _word(asked: Mapping[str, str], name: str, words: type[Word]) -> Word | None:
    given = asked.get(name, "")
    return next((word for word in words if word.value == given), None)
