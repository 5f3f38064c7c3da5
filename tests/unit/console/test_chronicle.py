"""History is written minute by minute, and waits for a store that cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.console.chronicle import Chronicle
from gateway.console.counting import Counting
from gateway.console.evidence_source import EvidenceSource
from gateway.console.usual import Usual
from gateway.evidence.history import MINUTE, TOTAL, Period
from gateway.evidence.retention import Retention
from gateway.telemetry import families
from gateway.telemetry.cells import Cells
from tests.support.told import Told

START = 1_800_000_000.0


class World:
    """A chronicle with a clock and counters of its own."""

    def __init__(self, url: str | None) -> None:
        self.now = START + 5
        self.told = Told()
        self.cells = Cells()
        self.source = EvidenceSource(url, on_event=self.told)
        self.counting = Counting([self.cells.descriptor], clock=lambda: self.now)
        self.chronicle = self.begin()

    def begin(self) -> Chronicle:
        return Chronicle(
            self.counting,
            Usual(),
            self.source,
            retention=Retention(),
            failed=self.told,
            clock=lambda: self.now,
        )

    def request(self, number: int = 1) -> None:
        self.cells.values[self.cells.of(families.REQUESTS.name, ("r", "legacy", "shadow", "2xx"))] += number

    def written(self) -> list[tuple[int, int]]:
        with self.source.history() as store:
            return [(one.start, one.legacy) for one in store.history(["r"], since=0, step=MINUTE)]


@pytest.fixture(params=["memory", "sqlite"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    return World(None if request.param == "memory" else f"sqlite:///{tmp_path}/e.sqlite3")


def test_each_minute_holds_what_was_counted_in_it(world: World) -> None:
    assert world.chronicle.until_due() == 55
    world.request(3)
    world.now += 55
    assert world.chronicle.until_due() == 0
    world.chronicle.write()
    world.request(4)
    world.now += 60
    world.chronicle.write()
    assert world.written() == [(int(START), 3), (int(START) + 60, 4)]
    assert world.told.names == []


def test_a_minute_without_anything_begins_no_store(tmp_path: Path) -> None:
    world = World(f"sqlite:///{tmp_path}/e.sqlite3")
    world.now += 60
    world.chronicle.write()
    world.chronicle.close()
    assert list(tmp_path.iterdir()) == []


def test_history_survives_a_restart_and_the_minute_goes_on(tmp_path: Path) -> None:
    world = World(f"sqlite:///{tmp_path}/e.sqlite3")
    world.request(3)
    world.now += 60
    world.chronicle.write()
    world.request(2)
    world.chronicle.close()
    again = World(f"sqlite:///{tmp_path}/e.sqlite3")
    again.now = world.now + 10
    again.chronicle = again.begin()
    again.request(5)
    again.now += 60
    again.chronicle.write()
    assert again.written() == [(int(START), 3), (int(START) + 60, 7)]


def test_what_cannot_be_written_waits_and_is_said_once(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.write_text("in the way")
    world = World(f"sqlite:///{folder}/e.sqlite3")
    for _ in range(3):
        world.request(1)
        world.now += 60
        world.chronicle.write()
    assert world.told.names == ["history_stopped"]
    folder.unlink()
    world.now += 60
    world.request(1)
    world.chronicle.write()
    assert [number for _, number in world.written()] == [1, 1, 1, 1]


def test_old_minutes_are_folded_by_the_chronicle_too(world: World) -> None:
    with world.source.history(make=True) as store:
        store.add_history([Period("r", int(START) - 3 * 86_400, MINUTE, legacy=9), Period(TOTAL, 0, MINUTE, legacy=1)])
    for _ in range(10):
        world.request(1)
        world.now += 60
        world.chronicle.write()
    with world.source.history() as store:
        assert store.hours_until() == START - 3 * 86_400 + 3600
        assert store.history([TOTAL], since=0, step=MINUTE)[0].start > START - 60, "older than the evidence is kept"
