"""Have a side answer, in time; where it does not, have legacy answer in its place or say that there is no answer."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from gateway.errors import BackendError, BackendTimeout, BackendUnavailable, ClientDisconnected, RequestRefused
from gateway.exchange import Side
from gateway.proxy.body import EMPTY
from gateway.proxy.breaker import Admission
from gateway.proxy.breakers import BREAKER, LATE, Breakers
from gateway.proxy.call import Call
from gateway.proxy.deadline import Deadline
from gateway.proxy.record import Recorder
from gateway.proxy.refusal import refuse
from gateway.proxy.sides import Sides
from gateway.routing.fallback import may_fall_back
from gateway.routing.route import FallbackTrigger

_FAILED = frozenset({FallbackTrigger.EXCEPTION})
_CRASHED = frozenset({FallbackTrigger.EXCEPTION, FallbackTrigger.SERVER_ERROR})
_TIMED_OUT = frozenset({FallbackTrigger.TIMEOUT})
_SERVER_ERROR = frozenset({FallbackTrigger.SERVER_ERROR})
_UNHANDLED = 500
"""How a framework answers for an exception that nobody handled: FastAPI sends it first and raises afterwards."""


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why a side's answer may have to be replaced. `status` is what the client gets if nothing replaces it."""

    triggers: frozenset[FallbackTrigger]
    status: int
    asked: bool = True
    error: BaseException | None = None
    retry_after: int | None = None


async def serve(call: Call, sides: Sides, recorder: Recorder, breakers: Breakers) -> None:
    """Answer the client. Where legacy may answer in v2's place, v2 is not asked while its breaker is open.

    Raises ClientDisconnected when the client left before its request was complete. An answer that broke off in the
    middle is left unfinished, so that the server closes the connection and the client can tell.
    """
    side = call.plan.serve
    relay = call.relay
    if call.route.fallback:
        relay.hold_errors = call.is_replayable and may_fall_back(
            call.route, served_by=side, triggers=FallbackTrigger, method=call.method, asked=True
        )
    if side is Side.V2 and call.route.fallback:
        admission = breakers.admit(call.route, perf_counter())
        if admission is Admission.REFUSED:
            side, call.fallback = Side.LEGACY, BREAKER
            relay.discard()
            trouble = await _ask(call, sides, side)
        else:
            trouble = await _watched(call, sides, breakers, admission)
    else:
        trouble = await _ask(call, sides, side)
    if trouble is None:
        return
    _report(call, recorder, side, trouble)
    if not relay.started and _replaceable(call, side, trouble):
        call.fallback = next(trigger.value for trigger in FallbackTrigger if trigger in trouble.triggers)
        relay.discard()
        trouble = await _ask(call, sides, Side.LEGACY, again=True)
        if trouble is not None:
            _report(call, recorder, Side.LEGACY, trouble)
    if relay.held_status:
        await relay.release()
    elif trouble is not None and not relay.started:
        call.served_by = None
        await refuse(relay, trouble.status, retry_after=trouble.retry_after)


async def _watched(call: Call, sides: Sides, breakers: Breakers, admission: Admission) -> _Trouble | None:
    """Ask v2, and tell the breaker what came of it."""
    failed: bool | None = None
    began = perf_counter()
    try:
        trouble = await _ask(call, sides, Side.V2)
        failed = _has_failed(call, trouble)
    finally:
        now = perf_counter()
        if failed and now - began > call.route.timeout + LATE:
            failed = None
        breakers.tell(call.route, admission, now, failed=failed, patience=call.route.timeout)
    return trouble


def _has_failed(call: Call, trouble: _Trouble | None) -> bool | None:
    """Whether v2 did what the route falls back for; None for a request that it may well refuse."""
    if trouble is None:
        status = call.relay.status
        return status >= _UNHANDLED and not call.route.fallback.isdisjoint(_triggers_of(status))
    return not call.route.fallback.isdisjoint(trouble.triggers) if trouble.triggers else None


def _triggers_of(status: int) -> frozenset[FallbackTrigger]:
    return _CRASHED if status == _UNHANDLED else _SERVER_ERROR


def _report(call: Call, recorder: Recorder, side: Side, trouble: _Trouble) -> None:
    if isinstance(trouble.error, RequestRefused):
        recorder.rejected(trouble.error.reason)
    elif trouble.error is not None:
        recorder.failed(call.intake.request_id, call.route.id, side, trouble.error)


def _replaceable(call: Call, side: Side, trouble: _Trouble) -> bool:
    if trouble.asked and not call.is_replayable:
        return False
    return may_fall_back(call.route, served_by=side, triggers=trouble.triggers, method=call.method, asked=trouble.asked)


async def _ask(call: Call, sides: Sides, side: Side, *, again: bool = False) -> _Trouble | None:
    """Ask one side. None when it answered, well or badly but to the end."""
    call.served_by = side
    # The first side reads a body that nobody has read from the client; whoever comes after it needs a replay.
    receive = call.receive if call.body is None and not again else (call.body or EMPTY).replay(call.receive)
    began = perf_counter()
    try:
        with Deadline(call.route.timeout) as deadline:
            call.relay.until_started(deadline)
            await sides.serving(side)(call.scope_for(side), receive, call.relay)
    except ClientDisconnected:
        raise
    except Exception as error:  # noqa: BLE001 - an application may raise anything, and the client gets one clear answer
        return _trouble_of(error)
    finally:
        call.waited += perf_counter() - began
    status = call.relay.held_status
    if not status:
        return None
    return _Trouble(_triggers_of(status), status)


def _trouble_of(error: Exception) -> _Trouble:
    match error:
        case RequestRefused():
            return _Trouble(frozenset(), error.status, error=error)
        case BackendUnavailable():
            return _Trouble(_FAILED, error.status, asked=False, error=error, retry_after=error.retry_after)
        case BackendTimeout():
            return _Trouble(_TIMED_OUT, error.status, error=error)
        case BackendError():
            return _Trouble(_CRASHED, error.status, error=error)
        case _:
            return _Trouble(_CRASHED, _UNHANDLED, error=error)
