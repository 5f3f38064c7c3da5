"""What a process says of itself."""

from __future__ import annotations

from pathlib import Path

from gateway.errors import Problem
from gateway.exchange import Side
from gateway.mapfile.force import Force
from gateway.mapfile.load import parse_map
from gateway.routing.table import RouteTable
from gateway.state import map_state, readiness
from tests.support.maps import A_MAP

FORCE = Force(Side.LEGACY, "ada", "2026-11-20T18:24:00Z", "fire")


def test_process_is_ready_without_v2_and_under_the_kill_switch_but_not_without_legacy() -> None:
    assert readiness({"v2": "down"}, FORCE, draining=False).ready
    assert not readiness({"legacy": "stuck"}, None, draining=False).ready
    assert not readiness({}, None, draining=True).ready


def test_kill_switch_is_said_with_its_reason() -> None:
    assert readiness({}, None, draining=False).checks["force"] == "ok"
    assert readiness({}, FORCE, draining=False).checks["force"] == FORCE.sentence()


def test_map_is_shown_with_who_forced_a_side() -> None:
    loaded = parse_map(A_MAP.encode(), Path("map.yaml"))
    table = RouteTable(loaded.routes, loaded.default, revision=loaded.revision)
    state = map_state(loaded, table.under(Side.LEGACY), FORCE, (Problem(3, 1, "wrong"),))
    assert (state["revision"], state["force"], state["forced"]["actor"]) == (loaded.revision, "legacy", "ada")
    assert {route["mode"] for route in state["routes"]} == {"legacy"}
    assert state["problems"] == ["map.yaml:3:1: wrong"]
    free = map_state(loaded, table, None, ())
    assert (free["force"], free["forced"]) == (None, None)
    assert [route["percent"] for route in free["routes"]] == [None, 10.0, None]
