"""O: legacy answered, and v2 did not. No trap between the two frameworks, but a name that says where to look."""

from __future__ import annotations

from gateway.exchange import FailureKind
from gateway.parity.cause import Cause, Recogniser
from gateway.parity.difference import Part


def causes() -> tuple[Cause, ...]:
    """One entry for each way of not answering, but for `aborted`, which is the gateway's own doing."""
    return (
        Cause(
            "O1",
            "outcome.timeout",
            "legacy answers, v2 is still silent when the shadow's timeout is over",
            "find what v2 waits for, or allow the route more with shadow: {timeout: 10s}",
            recognise=_failed(FailureKind.TIMEOUT),
        ),
        Cause(
            "O2",
            "outcome.exception",
            "legacy answers, v2 raises before it has answered",
            "the exception is named beside the difference, v2's log has its traceback",
            recognise=_failed(FailureKind.EXCEPTION),
        ),
        Cause(
            "O3",
            "outcome.unavailable",
            "legacy answers, v2 cannot be reached",
            "see that v2 runs and listens where `backends` says; gateway doctor tries it",
            recognise=_failed(FailureKind.UNAVAILABLE),
        ),
        Cause(
            "O4",
            "outcome.protocol-error",
            "legacy answers, v2 sends what is no answer of HTTP or ASGI",
            "what was wrong with it is said beside the difference: mend the middleware or route that sends it",
            recognise=_failed(FailureKind.PROTOCOL),
        ),
    )


def _failed(kind: FailureKind) -> Recogniser:
    return lambda found, clues: found.part is Part.OUTCOME and clues.v2.failure is kind
