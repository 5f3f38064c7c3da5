"""What happened: one request and what the sides made of it. Frozen, without I/O.

Exchange = Request + served Observation (+ shadow Observation)
Observation = Side + Outcome + elapsed seconds
Outcome = Response | Failure          an HTTP 500 is a Response; a Failure is no answer
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Which implementation answers."""

    LEGACY = "legacy"
    V2 = "v2"

    @property
    def other(self) -> Side:
        """The side that this one is compared with."""
        return Side.V2 if self is Side.LEGACY else Side.LEGACY


@dataclass(frozen=True, slots=True)
class Headers:
    """Field lines as they were sent: order and repeats kept, names in lower case."""

    raw: tuple[tuple[bytes, bytes], ...]

    def get_all(self, name: bytes) -> tuple[bytes, ...]:
        """Every value of `name` (lower case), in order."""
        return tuple(value for key, value in self.raw if key == name)


@dataclass(frozen=True, slots=True)
class Request:
    """The request as both sides were asked it. `body` is None when it was over the capture limit, never a prefix."""

    id: str
    method: str
    path: str
    query: bytes
    headers: Headers
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. `body` is None when it was over the capture limit, never a prefix.

    `raised` says what the side raised after this answer was complete, in one line; empty when it raised nothing, or
    when nobody waited for it. Starlette answers 500 for an exception that nobody handled, and raises it then.
    """

    status: int
    headers: Headers
    body: bytes | None
    raised: str = ""


class FailureKind(StrEnum):
    """Why there was no answer. The values are metric labels."""

    TIMEOUT = "timeout"
    EXCEPTION = "exception"
    UNAVAILABLE = "unavailable"
    PROTOCOL = "protocol_error"
    ABORTED = "aborted"


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer."""

    kind: FailureKind
    message: str


Outcome = Response | Failure


@dataclass(frozen=True, slots=True)
class Observation:
    """What happened when one side was asked. `elapsed` is in seconds of the monotonic clock, to the last byte."""

    side: Side
    outcome: Outcome
    elapsed: float


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with its served and, if the other side was asked, its shadow observation."""

    request: Request
    route_id: str
    served: Observation
    shadow: Observation | None = None

    def by_side(self, side: Side) -> Observation | None:
        """The observation of `side`, whoever served."""
        if self.served.side is side:
            return self.served
        return self.shadow
