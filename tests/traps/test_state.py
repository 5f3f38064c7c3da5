"""Sessions, logins, tokens, forms, hooks: with compat the two answers are equal, a naive port's are a mismatch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from flask import Flask

from gateway.exchange import Headers, Request, Response
from gateway.parity.causes import catalogue
from gateway.parity.compare import compare
from gateway.parity.difference import Comparison, Verdict
from gateway.parity.rules import Rules
from tests.docs.test_compat import switches
from tests.support.asgi import Answer, ask
from tests.support.stateful.visitor import HOST, Visitor, both
from tests.traps.pair import TODAY
from tests.traps.state_rows import STATE_ROWS, StateRow

pytestmark = pytest.mark.anyio

ELSEWHERE = {
    "session.vary": "rows/answers.py",
    "session.refresh": "test_journeys.py",
    "login.log_in": "test_journeys.py",
    "login.log_out": "test_journeys.py",
    "flashes.add": "test_journeys.py",
    "csrf.issue": "test_journeys.py",
    "jwt.issue": "test_journeys.py",
    "links.url_for": "test_links.py",
    "context.legacy": "test_journeys.py",
    "hooks.teardown": "test_hooks.py",
}
"""Switches of which an answer alone shows nothing, and where they are tried."""


async def judged(row: StateRow, port: Callable[[FastAPI], Any], used: list[str]) -> Comparison:
    """A client that has been on legacy before asks both sides the same."""
    legacy, v2 = Flask(row.trap), FastAPI(openapi_url=None)
    row.legacy(legacy)
    port(v2)
    async with both(legacy, v2, used) as sides:
        visitor, answer = Visitor(sides), ""
        if row.begin:
            answer = (await visitor.ask("legacy", "GET", row.begin)).body.decode()
        lines = [HOST, *((name.encode(), value.format(answer=answer).encode()) for name, value in row.headers.items())]
        if visitor.cookies:
            lines.append((b"cookie", "; ".join(f"{name}={value}" for name, value in visitor.cookies.items()).encode()))
        body = [row.body] if row.body else []
        on_legacy, on_v2 = [await ask(sides[side], row.method, row.target, lines, body=body) for side in sides]
    path, _, query = row.target.partition("?")
    asked = Request("id-1", row.method, path, query.encode(), Headers(tuple(lines)), row.body)
    return compare(answered(on_legacy), answered(on_v2), Rules(), request=asked, today=TODAY)


def answered(answer: Answer) -> Response:
    return Response(answer.status, Headers(tuple(answer.headers)), answer.body)


@pytest.mark.parametrize("row", STATE_ROWS, ids=str)
async def test_a_naive_port_is_a_mismatch_and_with_compat_it_is_a_match(row: StateRow) -> None:
    used: list[str] = []
    naive, kept = await judged(row, row.naive, []), await judged(row, row.kept, used)
    assert naive.verdict is Verdict.MISMATCH, naive
    assert kept.differences == (), kept
    assert kept.verdict in {Verdict.MATCH, Verdict.EQUIVALENT}, kept
    assert set(used) - {"session.vary"} == row.switches


def test_every_trap_of_state_has_a_row() -> None:
    assert {row.trap for row in STATE_ROWS} == {"A1", "A2", "A3", "A4", "A5", "A6", "H2"}


def test_every_switch_of_state_is_tried_by_a_row_or_elsewhere() -> None:
    tried = frozenset[str]().union(*(row.switches for row in STATE_ROWS))
    assert tried | ELSEWHERE.keys() == switches().keys()
    assert not tried & ELSEWHERE.keys()


def test_every_switch_that_a_cause_names_is_there() -> None:
    from gateway.compat.wire.switches import SWITCHES  # noqa: PLC0415 - beside those of state

    assert {cause.switch for cause in catalogue() if cause.switch} <= SWITCHES.keys() | switches().keys()
