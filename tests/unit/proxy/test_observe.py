"""A side that is asked without a client: one observation, whatever it does, and nothing is left of it."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gateway.errors import BackendCrashed, BackendProtocolError, BackendUnavailable
from gateway.exchange import Failure, FailureKind, Headers, Response, Side
from gateway.proxy.call import Call
from gateway.proxy.intake import take_in
from gateway.proxy.observe import observe
from gateway.proxy.relay import Relay
from gateway.routing.mode import Mode
from gateway.routing.plan import Plan
from gateway.routing.route import Route, ShadowPolicy
from gateway.routing.table import Routed
from tests.support.asgi import a_scope

pytestmark = pytest.mark.anyio


async def nothing(*_) -> None:
    return None


@pytest.fixture
def call() -> Call:
    route = Route("r", "/r", Mode.SHADOW, shadows=True, shadow=ShadowPolicy(timeout=5.0, max_body=100))
    routed = Routed(route, "/r", b"/r")
    intake = take_in([(b"cookie", b"a=1")], new_id="i")
    return Call(a_scope(target="/r"), nothing, Relay(nothing), intake, routed, Plan(Side.LEGACY, Side.V2, ""), 0.0)


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Only what is let go of is freed: nobody comes to collect."""
    gc.disable()
    yield
    gc.enable()


async def test_a_side_is_asked_what_the_client_asked_and_told_that_it_is_a_shadow(call: Call) -> None:
    """Case 88."""
    seen = []

    async def side(scope, receive, send) -> None:
        seen.append((scope["headers"], await receive()))
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

    observed = await observe(call, Side.V2, side)
    assert seen == [
        ([(b"cookie", b"a=1"), (b"x-shadow", b"1")], {"type": "http.request", "body": b"", "more_body": False})
    ]
    assert isinstance(observed.outcome, Response)
    assert (observed.outcome.status, observed.outcome.body) == (201, b"ok")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (BackendUnavailable("down"), FailureKind.UNAVAILABLE),
        (BackendProtocolError("garbage"), FailureKind.PROTOCOL),
        (BackendCrashed("SystemExit"), FailureKind.EXCEPTION),
        (ValueError("bug"), FailureKind.EXCEPTION),
    ],
)
async def test_an_exception_is_a_failure_of_its_kind(call: Call, error: Exception, kind: FailureKind) -> None:
    async def side(scope, receive, send) -> None:
        raise error

    outcome = (await observe(call, Side.V2, side)).outcome
    assert isinstance(outcome, Failure)
    assert outcome.kind is kind


async def test_answer_before_an_exception_is_the_outcome(call: Call) -> None:
    """Starlette sends its 500 and then raises."""

    async def side(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"oops"})
        raise ValueError("handled")

    outcome = (await observe(call, Side.V2, side)).outcome
    assert isinstance(outcome, Response)
    assert outcome.status == 500


@pytest.mark.usefixtures("uncollected")
async def test_frames_of_a_failure_are_freed_without_the_garbage_collector(call: Call) -> None:
    """A frame that holds its own exception is a circle: so many of them once held every client for 80 ms."""

    class Local:
        pass

    alive: list[weakref.ref[Local]] = []

    async def side(scope, receive, send) -> None:
        local = Local()
        alive.append(weakref.ref(local))
        try:
            raise KeyError("first")  # noqa: TRY301 - the second exception has to know the first
        except KeyError as error:
            held = error
            raise ValueError(local, held) from held

    await observe(call, Side.V2, side)
    assert [ref() for ref in alive] == [None]


# ------------------------------------------------------------------- what a side does after its answer

OK = {"type": "http.response.start", "status": 200, "headers": []}


def body(content: bytes = b"ok", *, more: bool = False) -> dict[str, object]:
    return {"type": "http.response.body", "body": content, "more_body": more}


async def test_side_is_waited_for_until_it_returns(call: Call) -> None:
    """The end of a dependency is part of the call; its answer's time is the time of the last byte."""
    ended = []

    async def side(scope, receive, send) -> None:
        await send(OK)
        await send(body())
        await asyncio.sleep(0.1)
        ended.append(True)

    observed = await observe(call, Side.V2, side)
    assert ended == [True]
    assert isinstance(observed.outcome, Response)
    assert observed.outcome.raised == ""
    assert observed.elapsed < 0.1


@pytest.mark.parametrize("status", [200, 500])
async def test_what_a_side_raises_after_its_answer_is_named_with_its_line(call: Call, status: int) -> None:
    told = []

    async def side(scope, receive, send) -> None:
        await send({**OK, "status": status})
        await send(body())
        raise ValueError("the commit")

    def report(side: Side, error: Exception) -> None:
        told.append((side, error, error.__traceback__ is not None))

    outcome = (await observe(call, Side.V2, side, report)).outcome
    assert isinstance(outcome, Response)
    assert outcome.status == status
    assert outcome.raised.startswith("ValueError: the commit, at tests/unit/proxy/test_observe.py:")
    ((who, error, has_traceback),) = told
    assert (who, str(error), has_traceback) == (Side.V2, "the commit", True)
    assert error.__traceback__ is None


async def test_failure_is_named_with_its_line_and_reported(call: Call) -> None:
    told = []

    async def side(scope, receive, send) -> None:
        raise ValueError("a bug")

    outcome = (await observe(call, Side.V2, side, lambda _side, error: told.append(error))).outcome
    assert isinstance(outcome, Failure)
    assert outcome.message.startswith("ValueError: a bug, at tests/unit/proxy/test_observe.py:")
    assert len(told) == 1


async def test_what_would_stop_a_server_is_named_by_what_it_was(call: Call) -> None:
    async def side(scope, receive, send) -> None:
        raise BackendCrashed("the application raised SystemExit: 3") from SystemExit(3)

    outcome = (await observe(call, Side.V2, side)).outcome
    assert isinstance(outcome, Failure)
    assert outcome.message == "SystemExit: 3"


async def test_side_that_does_not_return_is_cancelled_and_its_answer_stands(call: Call) -> None:
    cancelled, told = [], []

    async def side(scope, receive, send) -> None:
        await send(OK)
        await send(body())
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.append(True)

    short = replace(call, routed=with_shadow(call, ShadowPolicy(timeout=0.05, max_body=100)))
    outcome = (await observe(short, Side.V2, side, lambda _side, error: told.append(str(error)))).outcome
    assert outcome == Response(200, Headers(()), b"ok")
    assert cancelled == [True]
    assert told == ["the answer is complete, but the call did not return within 0.05 s"]


async def test_answered_side_is_given_no_more_of_the_request(call: Call) -> None:
    """As under a server: `receive` says that it is over, be the body read or not."""
    received = []

    async def side(scope, receive, send) -> None:
        await send(OK)
        await send(body())
        received.extend([await receive(), await receive()])

    await observe(call, Side.V2, side)
    assert received == [{"type": "http.disconnect"}] * 2


@pytest.mark.parametrize("chunks", [[b"x" * 101], [b"x" * 60, b"x" * 60], [b"x" * 1000] * 50])
async def test_answer_over_the_limit_is_read_to_its_end(call: Call, chunks: list[bytes]) -> None:
    """A side that is cut short instead would roll back what it keeps for a client that reads on."""
    returned, left = [], []

    async def side(scope, receive, send) -> None:
        await receive()
        await send(OK)
        for number, chunk in enumerate(chunks, 1):
            await send(body(chunk, more=number < len(chunks)))
        left.append(await receive())
        returned.append(True)

    observed = await observe(call, Side.V2, side)
    assert observed.outcome == Response(200, Headers(()), None)
    assert (returned, left) == ([True], [{"type": "http.disconnect"}])


async def test_answer_without_an_end_is_left_as_a_client_leaves_and_then_cancelled(call: Call) -> None:
    """Case 81: what listens is told; what does not listen is cancelled a moment later."""
    events = []

    def side(*, listens: bool):
        async def app(scope, receive, send) -> None:
            await receive()
            await send(OK)
            gone = asyncio.ensure_future(receive())
            try:
                while not (listens and gone.done()):
                    await send(body(b"x" * 1024**2, more=True))
                events.append("returned")
            except asyncio.CancelledError:
                events.append("cancelled")
                raise
            finally:
                gone.cancel()

        return app

    for listens, event in ((True, "returned"), (False, "cancelled")):
        observed = await observe(call, Side.V2, side(listens=listens))
        assert observed.outcome == Response(200, Headers(()), None)
        assert events.pop() == event


async def test_side_that_breaks_off_a_large_answer_has_failed(call: Call) -> None:
    async def side(scope, receive, send) -> None:
        await send(OK)
        await send(body(b"x" * 1000, more=True))
        raise ValueError("in the middle")

    outcome = (await observe(call, Side.V2, side)).outcome
    assert isinstance(outcome, Failure)
    assert outcome.kind is FailureKind.EXCEPTION


async def test_what_one_side_does_to_the_message_of_its_body_is_not_seen_by_the_next(call: Call) -> None:
    """Case 85: a request without a body has one message for all."""
    seen = []

    async def side(scope, receive, send) -> None:
        message = await receive()
        seen.append(dict(message))
        message.clear()
        await send(OK)
        await send(body())

    for _ in range(2):
        await observe(call, Side.V2, side)
    assert seen == [{"type": "http.request", "body": b"", "more_body": False}] * 2


@pytest.mark.usefixtures("uncollected")
async def test_frames_of_a_group_of_exceptions_are_freed_too(call: Call) -> None:
    class Local:
        pass

    alive: list[weakref.ref[Local]] = []

    def fails() -> ValueError:
        local = Local()
        alive.append(weakref.ref(local))
        try:
            raise ValueError("one of two")  # noqa: TRY301 - its frame has to know it
        except ValueError as error:
            held = error
        return held

    async def side(scope, receive, send) -> None:
        raise ExceptionGroup("two", [fails(), fails()])

    await observe(call, Side.V2, side)
    assert [ref() for ref in alive] == [None, None]


def with_shadow(call: Call, policy: ShadowPolicy) -> Routed:
    return replace(call.routed, route=replace(call.route, shadow=policy))
