"""What was gained between two looks at the counters, and what history and rates are made of."""

from __future__ import annotations

import os

import pytest

from gateway.console.counters import Gain, gained, periods_of, together
from gateway.console.counting import WINDOW, Counting
from gateway.evidence.history import TOTAL, rung
from gateway.telemetry import families
from gateway.telemetry.cells import Cells

REQUESTS, DURATION, PARITY, DROPPED = (
    family.name for family in (families.REQUESTS, families.DURATION, families.PARITY, families.SHADOW_DROPPED)
)
WIDTH = families.DURATION.width


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def request(route: str, side: str, mode: str = "shadow", code: str = "2xx") -> tuple:
    return REQUESTS, (route, side, mode, code)


def test_counts_of_several_processes_are_one() -> None:
    one = [(request("r", "legacy"), (1.0,))]
    assert together([one, one, []]) == {request("r", "legacy"): (2.0,)}


def test_only_what_is_new_is_gained() -> None:
    before = {request("r", "legacy"): (5.0,), (PARITY, ("r", "match", "2xx")): (7.0,)}
    now = {
        request("r", "legacy"): (8.0,),
        request("r", "v2", "canary"): (2.0,),
        (PARITY, ("r", "match", "2xx")): (7.0,),
        (PARITY, ("r", "equivalent", "2xx")): (1.0,),
        (PARITY, ("r", "mismatch", "4xx")): (3.0,),
        (PARITY, ("r", "skipped", "2xx")): (9.0,),
        (DROPPED, ("r", "busy")): (4.0,),
    }
    gain = gained(before, now)
    assert gain.requests == {("r", "legacy"): 3.0, ("r", "v2"): 2.0}
    assert gain.rungs == {("shadow", "legacy"): 3.0, ("canary", "v2"): 2.0}
    assert (gain.agreed, gain.differed, gain.dropped) == ({"r": 1.0}, {"r": 3.0}, {"r": 4.0})


def test_a_process_that_began_again_has_gained_what_it_has() -> None:
    gain = gained({request("r", "legacy"): (50.0,)}, {request("r", "legacy"): (3.0,)})
    assert gain.requests == {("r", "legacy"): 3.0}


def test_a_minute_is_a_period_for_each_route_each_rung_and_all() -> None:
    gain = Gain(
        requests={("r", "legacy"): 3.0, ("q", "v2"): 1.0},
        rungs={("shadow", "legacy"): 3.0, ("v2", "v2"): 1.0},
        times={("r", "legacy"): (0, 3)},
        agreed={"r": 2.0},
        differed={"r": 1.0},
    )
    periods = {one.key: one for one in periods_of(gain, 60)}
    assert set(periods) == {"r", "q", TOTAL, rung("shadow"), rung("v2")}
    assert (periods["r"].legacy, periods["r"].agreed, periods["r"].legacy_times) == (3, 2, (0, 3))
    whole = periods[TOTAL]
    assert (whole.legacy, whole.v2, whole.agreed, whole.differed) == (3, 1, 2, 1)
    assert periods_of(Gain(), 60) == []


@pytest.fixture
def cells() -> Cells:
    return Cells()


def test_rates_are_of_the_last_minute(cells: Cells) -> None:
    clock = Clock()
    counting = Counting([cells.descriptor], clock=clock)
    assert counting.traffic().rates is None
    at = cells.of(REQUESTS, ("r", "legacy", "shadow", "2xx"))
    for _ in range(12):
        clock.now += 10
        cells.values[at] += 20
        counting.look()
    assert counting.traffic().rate("r", "legacy") == pytest.approx(2.0)
    assert counting.traffic().seconds == pytest.approx(WINDOW)
    for _ in range(7):
        clock.now += 10
        counting.look()
    assert counting.traffic().rate("r", "legacy") == 0.0
    assert counting.traffic().side("legacy") == 0.0


def test_a_minute_is_handed_out_once_and_durations_since_the_start_stay(cells: Cells) -> None:
    counting = Counting([cells.descriptor], clock=Clock())
    at = cells.of(DURATION, ("r", "v2"), WIDTH)
    cells.values[at + 1] = 4.0
    cells.values[at + WIDTH - 1] = 0.02  # the sum of the durations is no bucket
    counting.look()
    gain = counting.take_minute()
    assert sum(gain.times["r", "v2"]) == 4
    assert counting.take_minute() == Gain()
    assert counting.times["r", "v2"][1] == 4


def test_every_worker_counts(cells: Cells) -> None:
    other = Cells()
    for one in (cells, other):
        one.values[one.of(REQUESTS, ("r", "legacy", "shadow", "2xx"))] = 3.0
    counting = Counting([cells.descriptor, other.descriptor], clock=Clock())
    counting.look()
    assert counting.take_minute().requests == {("r", "legacy"): 6.0}


def test_a_file_that_was_closed_is_said(cells: Cells) -> None:
    descriptor = os.dup(cells.descriptor)
    counting = Counting([descriptor], clock=Clock())
    os.close(descriptor)
    with pytest.raises(OSError, match="Bad file"):
        counting.look()
