"""What was done, each act once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.audit.entry import Act, Action, Outcome
from gateway.audit.history import last_flip, recent_flips, settled
from gateway.audit.log import AuditLog
from gateway.routing.mode import Mode

FLIP = Act(
    Action.FLIP, Outcome.BEGUN, "ada", "cli", "a", {"mode": "canary", "percent": 10}, {"mode": "v2", "percent": None}
)


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return AuditLog(tmp_path / "migration_map.yaml")


def outcomes(log: AuditLog) -> list[tuple[int, str]]:
    return [(entry.seq, outcome) for entry, outcome in settled(log.newest_first())]


def test_act_is_there_once_with_what_came_of_it(log: AuditLog) -> None:
    log.append(FLIP)
    assert outcomes(log) == [(1, "interrupted")]
    log.append(FLIP.ended(Outcome.DONE, 1))
    log.append(replace(FLIP, outcome=Outcome.REFUSED))
    log.append(FLIP)
    log.append(FLIP.ended(Outcome.FAILED, 4))
    assert outcomes(log) == [(5, "failed"), (3, "refused"), (2, "done")]


def test_only_flips_that_were_made_are_flips(log: AuditLog) -> None:
    log.append(FLIP)
    log.append(replace(FLIP, outcome=Outcome.REFUSED))
    log.append(Act(Action.FORCE, Outcome.DONE, "ada", "cli", new={"side": "legacy"}))
    log.append(Act(Action.EXCUSE, Outcome.DONE, "ada", "cli", "a", new={"at": "$.x"}))
    assert last_flip(log) is None
    log.append(FLIP.ended(Outcome.DONE, 1))
    flip = last_flip(log)
    assert flip is not None
    assert (flip.seq, flip.old, flip.old_percent, flip.new, flip.new_percent) == (5, Mode.CANARY, 10, Mode.V2, None)


def test_last_flip_of_one_route_is_found_behind_others(log: AuditLog) -> None:
    for route in ("a", "b", "b"):
        log.append(replace(FLIP, outcome=Outcome.DONE, route=route))
    flip = last_flip(log, "a")
    assert flip is not None
    assert flip.seq == 1
    assert [flip.route for flip in recent_flips(log)] == ["b", "b", "a"]


def test_modes_of_a_later_release_are_no_flip(log: AuditLog) -> None:
    log.append(replace(FLIP, outcome=Outcome.DONE, new={"mode": "v3"}))
    assert last_flip(log) is None
