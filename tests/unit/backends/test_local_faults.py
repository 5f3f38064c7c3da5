"""Whatever v2 does on its own thread, the front's loop goes on (trap 9, cases 77 to 85)."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import os
import time

import pytest

from gateway.errors import BackendCrashed, BackendProtocolError

pytestmark = pytest.mark.anyio

START = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
BODY = {"type": "http.response.body", "body": b"ok"}


class CapReached(Exception):
    """What a shadow's capture raises when it has seen enough."""


class Nasty(BaseException):
    def __str__(self) -> str:
        raise ValueError("no text either")


class NastyException(Exception):
    def __str__(self) -> str:
        raise ValueError("no text either")


async def answer(send):
    await send(dict(START))
    await send(dict(BODY))


# ---------------------------------------------------------------- faults: name -> what v2 does


async def hang(scope, receive, send):
    await asyncio.get_running_loop().create_future()


async def sleeps_on_the_loop(scope, receive, send):
    time.sleep(1)  # noqa: ASYNC251 - the fault


async def burns_cpu(scope, receive, send):
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        sum(range(1000))


def raises(error):
    async def app(scope, receive, send):
        raise error

    return app


def sends(*messages):
    async def app(scope, receive, send):
        for message in messages:
            await send(message)

    return app


def sends_stubbornly(*messages):
    async def app(scope, receive, send):
        for message in messages:
            with contextlib.suppress(Exception):
                await send(message)
        await asyncio.get_running_loop().create_future()

    return app


def background(error):
    async def app(scope, receive, send):
        async def task():
            raise error

        app.task = asyncio.get_running_loop().create_task(task())
        await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        await answer(send)

    return app


async def stops_the_loop(scope, receive, send):
    asyncio.get_running_loop().stop()
    await asyncio.sleep(0.01)
    await answer(send)


async def cancels_everything(scope, receive, send):
    for task in asyncio.all_tasks():
        task.cancel()
    await asyncio.sleep(1)


async def raises_in_a_callback(scope, receive, send):
    def callback():
        raise SystemExit(7)

    asyncio.get_running_loop().call_soon(callback)
    await asyncio.sleep(0.01)
    await answer(send)


async def endless_fast(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})


async def endless_empty(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b"", "more_body": True})


async def endless_slow(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await asyncio.sleep(0.01)


async def swallows_cancellation(scope, receive, send):
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0.1)


async def leaks_a_task(scope, receive, send):
    async def leaked():
        await asyncio.sleep(0.3)
        raise RuntimeError("nobody looks")

    leaks_a_task.task = asyncio.get_running_loop().create_task(leaked())
    await answer(send)


async def mutates(scope, receive, send):
    scope["headers"].clear()
    scope["headers"].append((b"x-user", b"root"))
    scope["path"] = "/elsewhere"
    scope["state"]["stolen"] = True
    scope["asgi"]["version"] = "9"
    scope["extensions"]["tls"]["server_cert"] = "forged"
    del scope["method"]
    dict(os.environ)["PATH"] = ""
    await answer(send)


async def changes_after_sending(scope, receive, send):
    headers = [(b"content-length", b"2")]
    start = {"type": "http.response.start", "status": 200, "headers": headers}
    await send(start)
    start["status"] = "broken"
    headers[:] = [("not", "bytes")]
    await send(dict(BODY))


def not_a_coroutine(scope, receive, send):
    return 42


def raises_at_once(scope, receive, send):
    raise StopIteration


FAULTS = {
    "hangs": (hang, TimeoutError),
    "time.sleep on the loop": (sleeps_on_the_loop, TimeoutError),
    "burns cpu": (burns_cpu, TimeoutError),
    "raises Exception": (raises(LookupError("v2")), LookupError),
    "raises an exception without text": (raises(NastyException()), NastyException),
    "raises BaseException": (raises(Nasty()), BackendCrashed),
    "raises SystemExit": (raises(SystemExit(3)), BackendCrashed),
    "raises KeyboardInterrupt": (raises(KeyboardInterrupt()), BackendCrashed),
    "raises GeneratorExit": (raises(GeneratorExit()), BackendCrashed),
    "raises CancelledError": (raises(asyncio.CancelledError()), BackendCrashed),
    "raises StopIteration": (raises_at_once, RuntimeError),
    "SystemExit in a background task": (background(SystemExit(4)), None),
    "KeyboardInterrupt in a background task": (background(KeyboardInterrupt()), None),
    "SystemExit in a callback": (raises_in_a_callback, None),
    "stops its loop": (stops_the_loop, None),
    "cancels every task": (cancels_everything, BackendCrashed),
    "endless fast body": (endless_fast, CapReached),
    "endless empty chunks": (endless_empty, CapReached),
    "endless slow body": (endless_slow, TimeoutError),
    "10 MB header": (
        sends({"type": "http.response.start", "status": 200, "headers": [(b"x", b"y" * 10_000_000)]}),
        BackendProtocolError,
    ),
    "unknown message": (sends({"type": "http.response.surprise"}), BackendProtocolError),
    "None for a message": (sends(None), BackendProtocolError),
    "a message without a type": (sends({}), BackendProtocolError),
    "body before start": (sends(BODY), BackendProtocolError),
    "two starts": (sends(START, START), BackendProtocolError),
    "two starts, error swallowed": (sends_stubbornly(START, START), BackendProtocolError),
    "status is text": (sends({**START, "status": "200"}), BackendProtocolError),
    "status is True": (sends({**START, "status": True}), BackendProtocolError),
    "status 99": (sends({**START, "status": 99}), BackendProtocolError),
    "status 999": (sends({**START, "status": 999}), BackendProtocolError),
    "status missing": (sends({"type": "http.response.start"}), BackendProtocolError),
    "headers are text": (sends({**START, "headers": [("a", "b")]}), BackendProtocolError),
    "headers are triples": (sends({**START, "headers": [(b"a", b"b", b"c")]}), BackendProtocolError),
    "headers are a number": (sends({**START, "headers": 7}), BackendProtocolError),
    "header injection": (sends({**START, "headers": [(b"a", b"b\r\nset-cookie: x=1")]}), BackendProtocolError),
    "header name with a space": (sends({**START, "headers": [(b"a b", b"c")]}), BackendProtocolError),
    "header without a name": (sends({**START, "headers": [(b"", b"c")]}), BackendProtocolError),
    "body is text": (sends(START, {"type": "http.response.body", "body": "ok"}), BackendProtocolError),
    "body is a number": (sends(START, {"type": "http.response.body", "body": 5}), BackendProtocolError),
    "sends nothing": (sends(), BackendProtocolError),
    "sends half": (sends(START), BackendProtocolError),
    "is no coroutine": (not_a_coroutine, TypeError),
    "swallows cancellation": (swallows_cancellation, TimeoutError),
    "leaks a task": (leaks_a_task, None),
    "mutates its scope": (mutates, None),
    "changes what it sent": (changes_after_sending, None),
}


class Heartbeat:
    """The gaps between the beats of the front's loop."""

    def __init__(self) -> None:
        self.gaps: list[float] = []

    async def __aenter__(self):
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_exc):
        self._task.cancel()

    async def _run(self):
        before = time.monotonic()
        while True:
            await asyncio.sleep(0.002)
            now = time.monotonic()
            self.gaps.append(now - before)
            before = now

    @property
    def p99(self) -> float:
        return sorted(self.gaps)[int(len(self.gaps) * 0.99)]


ATTEMPTS = 3
"""A gap of the heartbeat may be the machine's: a front that v2 really holds up is late in every attempt."""


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_of_v2_stays_on_its_thread(local, request_to, fault):
    p99 = [await p99_during(fault, local, request_to)]
    while min(p99) > 0.05 and len(p99) < ATTEMPTS:
        p99.append(await p99_during(fault, local, request_to))
    assert min(p99) <= 0.05


async def p99_during(fault, local, request_to) -> float:
    misbehave, expected = FAULTS[fault]

    async def v2(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        if scope["path"] == "/well":
            await answer(send)
        else:
            await misbehave(scope, receive, send)

    async with local(v2, leak_after=0.05) as backend:
        bad = request_to("/bad", extensions={"tls": {"server_cert": None}, "http.response.push": {}})
        before = copy.deepcopy(bad.scope)
        seen = 0

        async def capture(message):
            nonlocal seen
            seen += 1
            bad.sent.append(message)
            await asyncio.sleep(0)
            if seen > 200:
                raise CapReached

        async with Heartbeat() as heart:
            if expected is None:
                await backend(bad.scope, bad.receive, capture)
                assert (bad.status, bad.body) == (200, b"ok")
            else:
                with pytest.raises(expected):
                    async with asyncio.timeout(0.3):
                        await backend(bad.scope, bad.receive, capture)
            await asyncio.sleep(0.05)
            # Whatever happened, v2 answers the next request, as soon as its loop is free.
            well = await request_to("/well").ask(backend)
            assert (well.status, well.body) == (200, b"ok")
        assert bad.scope == before, "case 85: what v2 changes is its own"
        assert backend.revivals == (1 if fault in STOPS_THE_LOOP else 0)
    return heart.p99


STOPS_THE_LOOP = {
    "SystemExit in a background task",
    "KeyboardInterrupt in a background task",
    "SystemExit in a callback",
    "stops its loop",
}


async def test_a_call_that_swallows_its_cancellation_is_counted_until_it_ends(local, request_to):
    """Case 83."""

    async def v2(scope, receive, send):
        if scope["type"] == "http":
            await swallows_cancellation(scope, receive, send)

    async with local(v2, leak_after=0.05) as backend:
        with pytest.raises(TimeoutError):
            await request_to().ask(backend, limit=0.1)
        assert backend.leaked == 0
        async with asyncio.timeout(1):
            while backend.leaked != 1:  # noqa: ASYNC110 - a gauge has no event
                await asyncio.sleep(0.01)
        async with asyncio.timeout(3):
            while backend.leaked != 0:  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.01)


async def test_the_lag_of_a_blocked_loop_shows_while_it_is_blocked(local, request_to):
    """Case 111, for v2's loop."""

    async def v2(scope, receive, send):
        if scope["type"] == "http":
            await sleeps_on_the_loop(scope, receive, send)

    async with local(v2) as backend:
        assert backend.loop_lag() < 0.3
        with pytest.raises(TimeoutError):
            await request_to().ask(backend, limit=0.6)
        assert backend.loop_lag() > 0.3


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError])
async def test_inline_wraps_what_would_stop_the_callers_loop(local, request_to, kind):
    async def v2(scope, receive, send):
        if scope["type"] == "http":
            raise kind

    async with local(v2, isolation="inline") as backend:
        with pytest.raises(BackendCrashed) as caught:
            await request_to().ask(backend)
        assert type(caught.value.__cause__) is kind


@pytest.mark.parametrize("fault", [name for name, (_, error) in FAULTS.items() if error is BackendProtocolError])
async def test_inline_finds_the_same_breaches_of_asgi(local, request_to, fault):
    """Case 82."""

    async def v2(scope, receive, send):
        if scope["type"] == "http" and fault != "two starts, error swallowed":
            await FAULTS[fault][0](scope, receive, send)

    async with local(v2, isolation="inline") as backend:
        with pytest.raises(BackendProtocolError):
            await request_to().ask(backend)


def test_there_are_at_least_twenty_one_faults():
    assert len(FAULTS) >= 21
