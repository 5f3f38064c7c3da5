"""How a call that gave no complete answer ends for its caller."""

from __future__ import annotations

from gateway.backends.answer import COMPLETE, NOTHING, Answer
from gateway.errors import BackendCrashed, BackendProtocolError
from gateway.exception_text import describe


def conclude(error: BaseException | None, answer: Answer, *, is_http: bool, client_left: bool) -> None:
    """Raise what the caller has to know: the application's exception as it is, or what was missing.

    What is not an `Exception` is wrapped: as it is, it would stop the caller's loop, or look like its cancellation.
    """
    if error is None:
        # Nobody misses the rest of an answer to a client that left; a WebSocket's server closes what was left open.
        if answer.step is COMPLETE or client_left or (answer.step is not NOTHING and not is_http):
            return
        what = "without an answer" if answer.step is NOTHING else "in the middle of its answer"
        raise BackendProtocolError(f"the application returned {what}")
    if isinstance(error, Exception):
        raise error
    raise BackendCrashed(f"the application raised {describe(error)}") from error
