"""The threads under load: row 6, cases 103, 109 and 194, and how many of them are awake."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import subprocess
import sys
import textwrap
import threading
import time
import weakref

import pytest

from gateway.backends.bridge import Bridge, BridgeLimits
from gateway.backends.pool import Pool
from gateway.backends.worker import Worker
from gateway.errors import BackendUnavailable, ClientDisconnected

pytestmark = pytest.mark.anyio


class Gate:
    """An application whose requests wait until `open` is set; `/free` does not wait."""

    def __init__(self):
        self.open = threading.Event()
        self.entered = []

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        self.entered.append(path)
        if path != "/free":
            self.open.wait(10)
        start_response("200 OK", [])
        return [b"done"]


async def until(condition, seconds=30.0):
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - threads set no asyncio event
            await asyncio.sleep(0.002)


async def test_full_queue_is_refused_at_once(ask):
    """Bridge row 6: 503 and a time to come back."""
    gate = Gate()
    bridge = Bridge(gate, limits=BridgeLimits(threads=2, queue=3))
    waiting = [asyncio.create_task(ask(bridge, f"/{number}")) for number in range(5)]
    await until(lambda: bridge.stats().busy == 2 and bridge.stats().queued == 3)
    with pytest.raises(BackendUnavailable) as refused:
        await ask(bridge)
    assert refused.value.retry_after == 1
    gate.open.set()
    assert {(await task).body for task in waiting} == {b"done"}
    assert bridge.stats().queued == 0


async def test_threads_that_have_not_begun_yet_are_room(ask, monkeypatch):
    """However slowly the system starts a thread: two threads and a queue of three hold five requests."""
    gate = Gate()
    begin, run = threading.Event(), Worker.run
    monkeypatch.setattr(Worker, "run", lambda worker: begin.wait(10) and run(worker))
    bridge = Bridge(gate, limits=BridgeLimits(threads=2, queue=3))
    waiting = [asyncio.create_task(ask(bridge, f"/{number}")) for number in range(5)]
    await until(lambda: bridge.stats().queued == 5)
    with pytest.raises(BackendUnavailable):
        await ask(bridge)
    begin.set()
    gate.open.set()
    assert {(await task).body for task in waiting} == {b"done"}


async def test_request_that_waited_too_long_is_refused_and_never_run(ask):
    """Bridge row 6, case 103."""
    gate = Gate()
    bridge = Bridge(gate, limits=BridgeLimits(threads=1, queue_timeout=0.2))
    first = asyncio.create_task(ask(bridge, "/first"))
    await until(lambda: gate.entered)
    started = time.monotonic()
    with pytest.raises(BackendUnavailable, match="no thread"):
        await ask(bridge, "/late")
    assert 0.15 < time.monotonic() - started < 10
    gate.open.set()
    await first
    await ask(bridge, "/free")
    assert gate.entered == ["/first", "/free"]


async def test_slow_requests_do_not_slow_the_loop(ask):
    """Case 103: thirty slow requests on ten threads; the loop answers others at once."""
    gate = Gate()
    bridge = Bridge(gate, limits=BridgeLimits(threads=10))
    slow = [asyncio.create_task(ask(bridge)) for _ in range(30)]
    await until(lambda: bridge.stats().busy == 10)
    delays = []
    for _ in range(10):
        started = time.monotonic()
        await asyncio.sleep(0)
        bridge.stats()
        delays.append(time.monotonic() - started)
    assert sorted(delays)[5] < 0.01
    assert bridge.stats().queued == 20
    gate.open.set()
    await asyncio.gather(*slow)


async def test_abandoned_request_in_the_queue_is_not_started(ask):
    """Bridge row 6."""
    gate = Gate()
    bridge = Bridge(gate, limits=BridgeLimits(threads=1))
    first = asyncio.create_task(ask(bridge, "/first"))
    await until(lambda: gate.entered)
    second = asyncio.create_task(ask(bridge, "/second"))
    await until(lambda: bridge.stats().queued == 1)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    assert bridge.stats().queued == 0
    gate.open.set()
    await first
    assert gate.entered == ["/first"]


async def test_request_whose_client_left_the_queue_is_not_started(ask, a_client, scope):
    """Bridge row 6."""
    gate = Gate()
    bridge = Bridge(gate, limits=BridgeLimits(threads=1))
    first = asyncio.create_task(ask(bridge, "/first"))
    await until(lambda: gate.entered)
    client = a_client((b"",))
    second = asyncio.create_task(bridge(scope("/second"), client.receive, client.send))
    await until(lambda: bridge.stats().queued == 1)
    client.gone.set()
    with pytest.raises(ClientDisconnected):
        await asyncio.wait_for(second, 2)
    gate.open.set()
    await first
    assert gate.entered == ["/first"]


async def test_cancelling_returns_at_once_and_the_permit_stays_with_the_thread(ask):
    """Bridge row 4: two cancelled requests still take both threads; the third waits for one of them."""
    gate = Gate()
    bridge = Bridge(gate, limits=BridgeLimits(threads=2))
    tasks = [asyncio.create_task(ask(bridge)) for _ in range(2)]
    await until(lambda: len(gate.entered) == 2)
    started = time.monotonic()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert time.monotonic() - started < 5
    third = asyncio.create_task(ask(bridge, "/free"))
    await asyncio.sleep(0.05)
    assert bridge.stats().busy == 2
    assert not third.done()
    gate.open.set()
    assert (await third).body == b"done"


async def test_stuck_threads_are_counted_and_left_behind(ask, caplog):
    """Case 109: blocked for ever on every thread; shutting down does not wait for them."""
    gate = Gate()
    bridge = Bridge(gate, limits=BridgeLimits(threads=2))
    for _ in range(2):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask(bridge, "/deadlock"), 0.1)
    assert bridge.stats().busy == 2
    await until(lambda: bridge.stats().stuck == 2)
    started = time.monotonic()
    with caplog.at_level(logging.WARNING):
        left = await bridge.shutdown(0.1)
    assert time.monotonic() - started < 10
    assert left.stuck == 2
    assert "GET '/deadlock'" in caplog.text
    assert "self.open.wait" in caplog.text
    gate.open.set()


async def test_a_stuck_thread_is_reported_with_its_stack_while_it_is_stuck(ask, caplog, monkeypatch):
    """Case 109: what a view waits for can be seen before a restart frees its thread."""
    monkeypatch.setattr("gateway.backends.bridge.STUCK_AFTER", 0.05)
    gate = Gate()
    bridge = Bridge(gate, limits=BridgeLimits(threads=2))
    with caplog.at_level(logging.WARNING), contextlib.suppress(TimeoutError):
        await asyncio.wait_for(ask(bridge, "/deadlock"), 0.1)
    await until(lambda: caplog.records)
    assert "GET '/deadlock': nobody waits for it" in caplog.text
    assert "self.open.wait" in caplog.text
    gate.open.set()
    await until(lambda: bridge.stats().busy == 0)
    assert len(caplog.records) == 1


async def test_a_thread_that_comes_back_soon_is_not_reported(ask, caplog, monkeypatch):
    monkeypatch.setattr("gateway.backends.bridge.STUCK_AFTER", 0.2)
    gate = Gate()
    bridge = Bridge(gate)
    with caplog.at_level(logging.WARNING):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ask(bridge, "/slow"), 0.05)
        gate.open.set()
        await asyncio.sleep(0.4)
    assert caplog.records == []


def test_process_with_a_stuck_thread_exits():
    """Case 109: a stuck thread does not keep the process alive; stock a2wsgi's would."""
    script = """
        import asyncio, threading
        from gateway.backends.bridge import Bridge

        async def never():
            await asyncio.Event().wait()

        async def send(message):
            pass

        async def main():
            bridge = Bridge(lambda environ, start_response: threading.Event().wait())
            scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": "/", "raw_path": b"/",
                     "query_string": b"", "headers": []}
            try:
                await asyncio.wait_for(bridge(scope, never, send), 0.1)
            except TimeoutError:
                print((await bridge.shutdown(0.1)).busy)

        asyncio.run(main())
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (0, b"1\n"), done.stderr


async def test_shutdown_finishes_what_is_there_and_refuses_what_comes(ask):
    gate = Gate()
    bridge = Bridge(gate, limits=BridgeLimits(threads=1))
    here = [asyncio.create_task(ask(bridge)) for _ in range(2)]
    await until(lambda: bridge.stats().queued == 1)
    closing = asyncio.create_task(bridge.shutdown(5))
    await asyncio.sleep(0.02)
    with pytest.raises(BackendUnavailable, match="shutting down"):
        await ask(bridge)
    gate.open.set()
    assert (await closing).busy == 0
    assert {(await task).body for task in here} == {b"done"}
    await until(lambda: bridge.stats().idle == 0)


async def test_shutdown_refuses_the_queue_when_grace_is_over(ask):
    gate = Gate()
    bridge = Bridge(gate, limits=BridgeLimits(threads=1))
    here = [asyncio.create_task(ask(bridge)) for _ in range(2)]
    await until(lambda: bridge.stats().queued == 1)
    await bridge.shutdown(0.05)
    with pytest.raises(BackendUnavailable):
        await here[1]
    gate.open.set()
    await here[0]


async def test_system_that_starts_no_thread_is_a_503_and_recovers(ask, monkeypatch):
    """Case 194."""
    bridge = Bridge(Gate())
    with monkeypatch.context() as patched:

        def refuse(worker):
            raise RuntimeError("can't start new thread")

        patched.setattr(Worker, "start", refuse)
        with pytest.raises(BackendUnavailable, match="no thread"):
            await ask(bridge, "/free")
        assert bridge.stats().queued == 0
    assert (await ask(bridge, "/free")).body == b"done"


async def test_sleepers_get_every_thread_soon(ask):
    """Forty requests of 200 ms take little more than one: far from the 8 s that they would take in turn."""

    def sleeper(environ, start_response):
        threading.Event().wait(0.2)
        start_response("200 OK", [])
        return [b""]

    bridge = Bridge(sleeper, limits=BridgeLimits(threads=40))
    await asyncio.gather(*(ask(bridge) for _ in range(40)))
    started = time.monotonic()
    await asyncio.gather(*(ask(bridge) for _ in range(40)))
    assert time.monotonic() - started < 3
    assert bridge.stats().idle > 30


async def test_short_computations_take_turns_on_few_threads(ask):
    """A thread more would only fight for the interpreter."""

    def computing(environ, start_response):
        sum(range(2000))
        start_response("200 OK", [])
        return [b""]

    bridge = Bridge(computing, limits=BridgeLimits(threads=40))
    for _ in range(20):
        await asyncio.gather(*(ask(bridge) for _ in range(50)))
    stats = bridge.stats()
    # A busy machine may make the processor look idle for a tick; then a few threads more are started.
    assert stats.idle + stats.busy < 40


def test_how_many_threads_more_may_be_awake():
    """The three rules of the pool, apart from any machine's load."""
    pool = Pool(threads=40, queue=10, queue_timeout=1)
    pool._allowed = 5
    assert pool._wanted(5, 0.01, idle=True, computing=0) == 5
    assert pool._wanted(39, 0.01, idle=True, computing=0) == 1
    assert pool._wanted(3, 0.01, idle=False, computing=3) == 2
    assert (pool._wanted(5, 0.01, idle=False, computing=1), pool._allowed) == (0, 5)
    assert (pool._wanted(5, 0.01, idle=False, computing=2), pool._allowed) == (0, 4)
    pool._allowed = 5
    assert pool._wanted(5, 1.0, idle=False, computing=5) == 1
    assert pool._wanted(5, 1.01, idle=False, computing=1) == 0


class Clock:
    """A thread that took so much of the last tick."""

    def __init__(self, computed, delayed):
        self.lap = lambda: (computed, delayed)


def a_pool_whose_threads(*clocks):
    pool = Pool(threads=40, queue=10, queue_timeout=1)
    for number, clock in enumerate(clocks):
        worker = Worker(pool.take, number)
        worker.clock = clock
        pool._workers.add(worker)
    return pool


def test_a_processor_that_others_have_is_not_idle():
    """A thread that is ready to compute and is not let counts like one that computes: more of them would not help."""
    assert a_pool_whose_threads(Clock(0.001, 0.003))._measure(0.004) == (0.004, 1)
    assert a_pool_whose_threads(Clock(0.0, 0.002), Clock(0.002, 0.0))._measure(0.004) == (0.004, 2)
    assert a_pool_whose_threads(Clock(0.0, 0.0), Clock(0.0001, 0.0001))._measure(0.004) == (0.0002, 0)


def test_a_thread_that_has_not_begun_is_not_measured():
    assert a_pool_whose_threads(None)._measure(0.004) == (0, 0)


async def test_one_long_computation_does_not_hold_up_the_others(ask):
    """The processor is busy, but nothing moves: one thread more."""
    stop = threading.Event()

    def app(environ, start_response):
        while environ["PATH_INFO"] == "/long" and not stop.is_set():
            pass
        start_response("200 OK", [])
        return [b"done"]

    bridge = Bridge(app)
    long = asyncio.create_task(ask(bridge, "/long"))
    await until(lambda: bridge.stats().busy == 1)
    started = time.monotonic()
    assert (await ask(bridge, "/short")).body == b"done"
    assert time.monotonic() - started < 10
    stop.set()
    await long


async def test_finished_requests_leave_nothing_behind(ask):
    """Neither a parked thread nor an error keeps a request alive."""
    kept = []

    class Marker:
        pass

    def app(environ, start_response):
        environ["marker"] = marker = Marker()
        kept.append(weakref.ref(marker))
        if environ["PATH_INFO"] == "/fail":
            raise ValueError
        start_response("200 OK", [])
        return [b""]

    bridge = Bridge(app)
    await ask(bridge)
    await until(lambda: bridge.stats().busy == 0)
    with contextlib.suppress(ValueError):
        await ask(bridge, "/fail")
    await until(lambda: bridge.stats().busy == 0)
    gc.collect()
    assert [reference() for reference in kept] == [None, None]


async def test_idle_threads_end(ask, monkeypatch):
    monkeypatch.setattr("gateway.backends.pool.IDLE", 0.05)
    bridge = Bridge(Gate())
    await ask(bridge, "/free")
    await until(lambda: bridge.stats().idle == 0)
    assert (await ask(bridge, "/free")).body == b"done"


async def test_many_short_requests_lose_none(ask):
    """Parking and waking under pressure: nothing is forgotten in the queue."""
    bridge = Bridge(
        lambda environ, start_response: start_response("200 OK", []) and [b"x"], limits=BridgeLimits(threads=4)
    )

    async def client():
        for _ in range(200):
            assert (await ask(bridge)).body == b"x"

    await asyncio.gather(*(client() for _ in range(10)))
    assert bridge.stats().queued == bridge.stats().stuck == 0


async def test_bridge_serves_one_loop_after_another(ask):
    bridge = Bridge(Gate())
    await asyncio.to_thread(lambda: asyncio.run(ask(bridge, "/free")))
    assert (await ask(bridge, "/free")).body == b"done"
