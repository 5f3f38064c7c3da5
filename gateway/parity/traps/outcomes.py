"""O: legacy answered, and v2 did not. No trap between the two frameworks, but a name that says where to look."""

from __future__ import annotations

from gateway.exchange import FailureKind
from gateway.parity.cause import Cause, Recogniser
from gateway.parity.clues import Clues
from gateway.parity.difference import Difference, Part

_SERVER_ERROR = 500


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
            "legacy answers, v2 raises: before it has answered, or as its framework's 500",
            "the exception is named beside the difference, with its line; the gateway's log has the traceback",
            recognise=_raised,
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
        Cause(
            "O5",
            "outcome.exception-after-answer",
            "v2 answers, and then raises, as the end of a dependency does that fails to commit",
            "the exception is named beside the difference, with its line; do what may fail before the answer",
            recognise=lambda found, clues: found.part is Part.OUTCOME and bool(clues.v2.raised),
        ),
    )


def _raised(found: Difference, clues: Clues) -> bool:
    if found.part is not Part.OUTCOME:
        return False
    return clues.v2.failure is FailureKind.EXCEPTION or (bool(clues.v2.raised) and clues.v2.status >= _SERVER_ERROR)


def _failed(kind: FailureKind) -> Recogniser:
    return lambda found, clues: found.part is Part.OUTCOME and clues.v2.failure is kind
