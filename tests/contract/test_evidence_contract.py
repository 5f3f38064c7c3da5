"""What every store of evidence does, whatever it is made of: memory, SQLite, PostgreSQL."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from gateway.evidence.history import BUCKETS, HOUR, MINUTE, MINUTES_KEPT, Period, added
from gateway.evidence.memory import MemoryStore
from gateway.evidence.opening import open_store, read_store
from gateway.evidence.store import OTHERS, CauseTally, EvidenceStore, GroupPage, GroupQuery, Limits
from gateway.parity.difference import Verdict
from tests.support.records import a_record, a_sample

SERVER = os.environ.get("GATEWAY_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
LIMITS = Limits(shapes=10, samples=3, signatures=4)
MISMATCH = Verdict.MISMATCH

Open = Callable[[], EvidenceStore]


def nobody_is_told(name: str, message: str) -> None:
    raise AssertionError(f"{name}: {message}")


@pytest.fixture
def postgresql(missing: Callable[[str], NoReturn]) -> Iterator[str]:
    """A database of its own, dropped at the end."""
    engine = create_engine(SERVER, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    name = f"evidence_{uuid.uuid4().hex}"
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    except SQLAlchemyError:
        missing("PostgreSQL")
    try:
        yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        engine.dispose()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Each call opens the same store once more; memory is only ever one."""
    opened: list[EvidenceStore] = []
    if request.param == "memory":
        only = MemoryStore(LIMITS)
        yield lambda: only
        return
    url = f"sqlite:///{tmp_path}/e.sqlite3" if request.param == "sqlite" else request.getfixturevalue("postgresql")

    def one_more() -> EvidenceStore:
        opened.append(open_store(url, on_event=nobody_is_told, limits=LIMITS))
        return opened[-1]

    yield one_more
    for store in opened:
        store.close()


@pytest.fixture
def store(reopen: Open) -> EvidenceStore:
    return reopen()


def test_an_empty_store_answers_with_nothing(store: EvidenceStore) -> None:
    assert (store.tallies(), store.groups(GroupQuery()), store.get("x"), store.noise("r")) == (
        [],
        GroupPage(),
        None,
        None,
    )
    store.add([])
    assert store.tallies() == []


def test_exchanges_are_counted_by_route_epoch_and_stratum(store: EvidenceStore) -> None:
    store.add([a_record(1), a_record(2, Verdict.SKIPPED), a_record(3, route="q"), a_record(4, stratum="4xx")])
    store.add([a_record(5), a_record(6, MISMATCH), a_record(7, epoch="e2")])
    counted = {(one.route, one.epoch, one.stratum): dict(one.tally.counts) for one in store.tallies()}
    assert counted == {
        ("q", "e1", "2xx"): {Verdict.MATCH: 1},
        ("r", "e1", "2xx"): {Verdict.MATCH: 2, Verdict.SKIPPED: 1, MISMATCH: 1},
        ("r", "e1", "4xx"): {Verdict.MATCH: 1},
        ("r", "e2", "2xx"): {Verdict.MATCH: 1},
    }
    assert [one.epoch for one in store.tallies("r", "e2")] == ["e2"]
    one = store.tallies("r", "e1")[0]
    assert (one.first, one.last) == (1001.0, 1006.0)


def test_a_request_that_comes_often_is_one_shape(store: EvidenceStore) -> None:
    for _ in range(3):
        store.add([a_record(1), a_record(1), a_record(2)])
    (one,) = store.tallies()
    assert (one.tally.compared, one.tally.shapes, one.tally.differing) == (9, 2, 0)


def test_a_shape_that_ever_differed_stays_so(store: EvidenceStore) -> None:
    store.add([a_record(1)])
    store.add([a_record(1, MISMATCH), a_record(1)])
    store.add([a_record(1), a_record(1, MISMATCH)])
    (one,) = store.tallies()
    assert (one.tally.shapes, one.tally.differing) == (1, 1)


@pytest.mark.parametrize(
    "verdict", [Verdict.EXCUSED, Verdict.RACED, Verdict.SKIPPED, Verdict.BOTH_ERROR, Verdict.ERROR]
)
def test_what_does_not_enter_parity_is_no_shape(store: EvidenceStore, verdict: Verdict) -> None:
    store.add([a_record(1, verdict)])
    (one,) = store.tallies()
    assert (one.tally.shapes, one.tally.of(verdict)) == (0, 1)


def test_an_excused_answer_whose_rest_agrees_is_a_shape_outside_of_parity(store: EvidenceStore) -> None:
    store.add([a_record(1, Verdict.EXCUSED, rest_agrees=True), a_record(2, Verdict.EXCUSED), a_record(3)])
    (one,) = store.tallies()
    assert (one.tally.shapes, one.tally.differing, one.tally.compared, one.tally.of(Verdict.EXCUSED)) == (2, 0, 1, 2)
    store.add([a_record(1, MISMATCH)])
    assert store.tallies()[0].tally.differing == 1


def test_shapes_over_the_limit_are_counted_and_only_those_that_differ_still_enter(store: EvidenceStore) -> None:
    store.add([a_record(number) for number in range(12)])
    (full,) = store.tallies()
    assert (full.tally.shapes, full.unrecorded) == (10, 2)
    store.add([a_record(20), a_record(20), a_record(21, MISMATCH), a_record(0)])
    (more,) = store.tallies()
    assert (more.tally.shapes, more.tally.differing, more.unrecorded) == (11, 1, 4)
    store.add([a_record(number, MISMATCH) for number in range(30, 60)])
    assert store.tallies()[0].tally.shapes == 20


def test_latency_is_of_the_same_requests(store: EvidenceStore) -> None:
    store.add([a_record(1), replace(a_record(2), v2_elapsed=None)])
    store.add([a_record(3)])
    latency = store.tallies()[0].latency.quantile(0.95)
    assert latency is not None
    assert latency.pairs == 2
    assert latency.v2 / latency.legacy == pytest.approx(2, rel=0.05)


def test_mismatches_are_grouped_by_signature_the_most_frequent_first(store: EvidenceStore) -> None:
    store.add([a_record(1, MISMATCH, signature="a", sample=a_sample(1, signature="a"))])
    store.add([a_record(number, MISMATCH, signature="b") for number in (2, 3)])
    store.add([a_record(4, MISMATCH, signature="a", epoch="e2"), a_record(5, MISMATCH, signature="a", epoch="e2")])
    first, second = store.groups(GroupQuery()).groups
    assert (first.signature, first.count, first.first, first.last) == ("a", 3, 1001.0, 1005.0)
    assert (first.causes, first.locations) == (("json.datetime-format",), ("body /items/*/created",))
    assert first.samples == ("r-a-1",)
    assert (second.signature, second.count, second.samples) == ("b", 2, ())
    assert [group.count for group in store.groups(GroupQuery(epochs={"r": "e2"})).groups] == [2]


def test_groups_are_filtered_by_route_cause_and_field(store: EvidenceStore) -> None:
    other = replace(a_record(1, MISMATCH, signature="x"), causes=("status.code",), locations=("status",))
    store.add([other, a_record(2, MISMATCH), a_record(3, MISMATCH, route="q")])

    def found(**filters) -> set[tuple[str, str]]:
        each = store.groups(GroupQuery(**filters))
        current = store.groups(GroupQuery(**filters, epochs={"r": "e1", "q": "e1"}))
        assert current == each
        return {(group.route, group.signature) for group in each.groups}

    assert found(route="r") == {("r", "x"), ("r", "s")}
    assert found(cause="status.code") == {("r", "x")}
    assert found(cause="status") == set()
    assert found(cause="status_code") == set()
    assert found(field="/items/7/created") == found(field="/items") == {("r", "s"), ("q", "s")}
    assert found(field="STATUS") == set()
    assert found(field="status") == {("r", "x")}
    for hostile in ("%", "_", "/", "'", '"', "\\", "/items' OR 1=1 --", "\N{SNOWMAN}", "/\N{SNOWMAN}"):
        assert found(field=hostile) == ({("r", "s"), ("q", "s")} if hostile == "/" else set())
        assert found(cause=hostile) == set()


def test_the_first_samples_of_a_signature_are_kept_and_the_rest_is_counted(store: EvidenceStore) -> None:
    store.add([a_record(number, MISMATCH, sample=a_sample(number)) for number in (1, 2)])
    store.add([a_record(number, MISMATCH, sample=a_sample(number)) for number in (3, 4, 5)])
    (group,) = store.groups(GroupQuery()).groups
    assert (group.count, group.samples) == (5, ("r-s-1", "r-s-2", "r-s-3"))


def test_a_sample_comes_back_as_it_was(store: EvidenceStore) -> None:
    sample = a_sample()
    store.add([a_record(1, MISMATCH, sample=sample)])
    assert store.get(sample.id) == sample
    assert store.get("unknown") is None


def test_a_batch_that_is_added_again_doubles_no_shape_and_no_sample(store: EvidenceStore) -> None:
    batch = [a_record(1, MISMATCH, sample=a_sample()), a_record(2)]
    store.add(batch)
    store.add(batch)
    (one,) = store.tallies()
    assert (one.tally.shapes, one.tally.differing) == (2, 1)
    assert store.groups(GroupQuery()).groups[0].samples == ("r-s-1",)


def test_signatures_over_the_limit_are_one_group(store: EvidenceStore) -> None:
    store.add([a_record(number, MISMATCH, signature=f"s{number}") for number in range(4)])
    store.add([a_record(number, MISMATCH, signature=f"s{number}") for number in range(10)])
    counts = {group.signature: group.count for group in store.groups(GroupQuery()).groups}
    assert counts == {"s0": 2, "s1": 2, "s2": 2, "s3": 2, OTHERS: 6}


def test_noise_is_kept_by_route_and_replaced(store: EvidenceStore, reopen: Open) -> None:
    store.save_noise("r", '{"a": 1}')
    store.save_noise("r", '{"a": 2}')
    store.save_noise("q", "ü")
    again = reopen()
    assert (again.noise("r"), again.noise("q"), again.noise("p")) == ('{"a": 2}', "ü", None)


def test_what_is_stored_is_there_when_the_store_is_opened_again(store: EvidenceStore, reopen: Open) -> None:
    store.add([a_record(1, MISMATCH, sample=a_sample())])
    assert reopen().tallies() == store.tallies()
    assert reopen().get("r-s-1") == a_sample()


def test_what_is_too_old_goes(store: EvidenceStore) -> None:
    store.add([a_record(1, MISMATCH, sample=a_sample(time=10.0), time=10.0, signature="old", epoch="e0")])
    store.add([a_record(2, MISMATCH, sample=a_sample(2, time=900.0), time=900.0)])
    pruned = store.prune(now=1000.0, max_age=500.0, max_bytes=10**9)
    assert (pruned.samples, pruned.groups, pruned.strata) == (1, 1, 1)
    assert [group.signature for group in store.groups(GroupQuery()).groups] == ["s"]
    assert [one.epoch for one in store.tallies()] == ["e1"]


def test_what_is_too_much_goes_and_a_quiet_route_keeps_its_own(store: EvidenceStore) -> None:
    for number in range(3):
        for signature in "abcd":
            loud = a_sample(number, route="loud", signature=signature, size=5000)
            store.add([a_record(number, MISMATCH, route="loud", signature=signature, sample=loud)])
    store.add([a_record(1, MISMATCH, route="quiet", sample=a_sample(1, route="quiet", size=5000))])
    store.prune(now=2000.0, max_age=10**6, max_bytes=30_000)
    kept = {(group.route, group.signature): group.samples for group in store.groups(GroupQuery()).groups}
    assert kept[("quiet", "s")] == ("quiet-s-1",)
    assert all(samples == (f"loud-{signature}-0",) for (route, signature), samples in kept.items() if route == "loud")
    assert sum(group.count for group in store.groups(GroupQuery()).groups) == 13


def test_an_epoch_of_the_past_goes_before_the_one_that_is_judged(store: EvidenceStore) -> None:
    store.add([a_record(number, epoch="past") for number in range(10)])
    store.add([a_record(number, epoch="now") for number in range(100, 110)])
    store.prune(now=2000.0, max_age=10**6, max_bytes=1300)
    assert [one.epoch for one in store.tallies()] == ["now"]


def test_several_writers_at_once_lose_nothing_and_count_nothing_twice(reopen: Open) -> None:
    """Every batch reads before it writes, so they must not overlap."""
    stores = [reopen() for _ in range(4)]
    failures: list[BaseException] = []

    def write(store: EvidenceStore, worker: int) -> None:
        try:
            for turn in range(10):
                store.add([a_record(turn % 5), a_record(worker * 10 + turn, MISMATCH, stratum="4xx", signature="s")])
        except BaseException as error:  # noqa: BLE001 - reported by the test
            failures.append(error)

    threads = [threading.Thread(target=write, args=(store, worker)) for worker, store in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    errors, successes = sorted(reopen().tallies(), key=lambda one: one.tally.shapes, reverse=True)
    assert (successes.tally.compared, successes.tally.shapes) == (40, 5)
    assert (errors.tally.compared, errors.tally.shapes + errors.unrecorded) == (40, 20 + 20)
    assert reopen().groups(GroupQuery()).groups[0].count == 40


def test_a_reader_sees_what_a_writer_wrote(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/e.sqlite3"
    writer = open_store(url, on_event=nobody_is_told)
    writer.add([a_record(1)])
    reader = read_store(url)
    assert reader.tallies() == writer.tallies()
    reader.close()
    writer.close()


def test_groups_come_in_pages_that_add_up_to_all(store: EvidenceStore) -> None:
    routes = [f"r{number}" for number in range(7)]
    store.add(
        [a_record(number, MISMATCH, route=route) for number, route in enumerate(routes) for _ in range(number + 1)]
    )
    store.add([a_record(50, MISMATCH, route="r6", epoch="old")])
    for epochs, total in ((dict.fromkeys(routes, "e1"), 28), (None, 29)):
        pages = [store.groups(GroupQuery(epochs=epochs, limit=3, offset=offset)) for offset in (0, 3, 6, 9, 10**9)]
        assert {(page.found, page.mismatches) for page in pages} == {(7, total)}
        assert [group.route for page in pages for group in page.groups] == routes[::-1]
    assert store.groups(GroupQuery(epochs={})) == GroupPage()
    assert store.groups(GroupQuery("r1", {"r2": "e1"})) == GroupPage()
    many = {f"no{number}": "e1" for number in range(3000)} | {"r1": "e1"}
    assert store.groups(GroupQuery(epochs=many)).found == 1


def test_the_group_of_a_sample_is_of_its_own_epoch(store: EvidenceStore) -> None:
    store.add([a_record(number, MISMATCH, sample=a_sample(number)) for number in (1, 2)])
    store.add([a_record(3, MISMATCH, epoch="e2", sample=a_sample(3))])
    group = store.group_of("r-s-1")
    assert group is not None
    assert (group.count, group.samples) == (2, ("r-s-1", "r-s-2"))
    assert store.group_of("unknown") is None


def test_causes_are_counted_by_route_and_epoch(store: EvidenceStore) -> None:
    other = replace(a_record(1, MISMATCH, signature="x"), causes=("a", "b"))
    store.add(
        [other, other, a_record(2, MISMATCH), a_record(3, MISMATCH, signature="t"), a_record(4, MISMATCH, route="q")]
    )
    date = ("json.datetime-format",)
    assert sorted(store.causes("r"), key=lambda one: one.causes) == [
        CauseTally("r", "e1", ("a", "b"), 2),
        CauseTally("r", "e1", date, 2),
    ]
    assert CauseTally("q", "e1", date, 1) in store.causes()


NOW = 1_800_000_000.0  # a full hour


def minutes(key: str, start: float, number: int) -> list[Period]:
    times = (0, 1, 0, 2)
    return [Period(key, int(start) + 60 * step, MINUTE, 2, 1, 5, 1, times, (1,)) for step in range(number)]


def numbers(periods: list[Period]) -> list[tuple[str, int, int, int, int, int, int]]:
    return [(one.key, one.start, one.step, one.legacy, one.v2, one.agreed, one.differed) for one in periods]


def test_history_is_added_up_in_the_steps_that_are_asked_for(store: EvidenceStore, reopen: Open) -> None:
    store.add_history([*minutes("r", NOW - 600, 10), *minutes("*shadow", NOW - 120, 2)])
    store.add_history([*minutes("r", NOW - 60, 1), Period("idle", int(NOW), MINUTE)])
    start = int(NOW)
    found = reopen().history(["r", "idle"], since=NOW - 600, step=300)
    assert numbers(found) == [
        ("r", start - 600, 300, 10, 5, 25, 5),
        ("r", start - 300, 300, 12, 6, 30, 6),
    ]
    nothing = (0,) * BUCKETS
    assert added(found[1].legacy_times, nothing) == added((0, 6, 0, 12), nothing)
    assert added(found[1].v2_times, nothing) == added((6,), nothing)
    assert [one.start for one in store.history(["r"], since=NOW - 120, step=MINUTE)] == [start - 120, start - 60]
    assert store.history([], since=0, step=MINUTE) == []
    assert store.hours_until() is None


def test_old_minutes_become_hours_and_old_hours_go(store: EvidenceStore) -> None:
    old, long_ago = NOW - MINUTES_KEPT - 7200, NOW - 40 * 86_400
    store.add_history([*minutes("r", old, 120), *minutes("r", NOW - 60, 1), *minutes("r", long_ago, 1)])
    for _ in range(2):
        store.prune(now=NOW, max_age=30 * 86_400, max_bytes=10**9)
    assert numbers(store.history(["r"], since=0, step=HOUR)) == [
        ("r", int(old), HOUR, 120, 60, 300, 60),
        ("r", int(old) + HOUR, HOUR, 120, 60, 300, 60),
        ("r", int(NOW) - HOUR, HOUR, 2, 1, 5, 1),
    ]
    assert store.hours_until() == old + 2 * HOUR
    assert len(store.history(["r"], since=old + 2 * HOUR, step=MINUTE)) == 1
    store.add_history(minutes("r", old, 1))
    store.prune(now=NOW, max_age=30 * 86_400, max_bytes=10**9)
    assert store.history(["r"], since=old, step=HOUR)[0].legacy == 122


def test_history_of_too_many_routes_is_coarser_and_shorter_but_never_lost_while_it_is_new(store: EvidenceStore) -> None:
    for route in range(10):
        store.add_history(minutes(f"r{route}", NOW - 3 * HOUR, 180))
    store.prune(now=NOW + 60, max_age=30 * 86_400, max_bytes=100 * 4 * 1400)  # 700 minutes, 700 hours
    assert store.hours_until() == NOW - HOUR
    kept = store.history([f"r{route}" for route in range(10)], since=0, step=HOUR)
    assert sum(one.legacy for one in kept) == 10 * 180 * 2
    store.prune(now=NOW + 60, max_age=30 * 86_400, max_bytes=100 * 4 * 20)  # 10 of each
    assert store.hours_until() == NOW
    kept = store.history([f"r{route}" for route in range(10)], since=0, step=HOUR)
    assert {one.start for one in kept} == {int(NOW) - HOUR}
