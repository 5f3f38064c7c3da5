"""A side that is asked without a client: one observation, whatever it does, and nothing is left of it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from gateway.errors import BackendCrashed, BackendProtocolError, BackendUnavailable
from gateway.exchange import Failure, FailureKind, Response, Side
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
