"""The error tree. Every error carries a stable `code`, which is also the log key and the metric label.

    GatewayError
    ├── MapInvalid            the map cannot be used                     exit 2
    ├── MapConflict           the map changed under an edit              exit 2
    │   └── MapBusy           another edit does not end                  exit 2
    ├── RouteUnknown          no route of that id                        exit 2
    ├── SampleUnknown         no sample of that id, or not any more      exit 2
    ├── MapReadOnly           the map cannot be written here             exit 2
    ├── FlipRefused           a flip that says too little                exit 2
    ├── GateRefused           a flip that the evidence does not carry    exit 1
    ├── ReasonRefused         a reason that is missing, or far too long  exit 2
    ├── ExcuseRefused         an excuse that cannot be written           exit 2
    ├── RecordingInvalid      recorded requests that cannot be read      exit 2
    ├── ImportFailed          "module:attribute" could not be imported   exit 3
    ├── LegacyMissing         v2 wants legacy's objects; none are here   exit 1
    ├── CompatMisused         v2 would lose something by its compat use  exit 1
    ├── AuditUnwritable       what is done could not be written down     exit 3
    ├── CannotListen          an address could not be bound              exit 3
    ├── EvidenceError         the evidence store cannot be used
    │   ├── EvidenceUnavailable   at the moment: locked, full, away      exit 3
    │   ├── EvidenceCorrupt       its file is damaged                    exit 3
    │   └── EvidenceRefused       it is a later release's, or not ours   exit 2
    ├── BackendUnavailable    a side cannot be asked at the moment       503
    ├── BackendTimeout        a side did not answer in time              504
    ├── BackendProtocolError  a side broke ASGI, WSGI or HTTP            502
    └── BackendCrashed        a side raised what would stop a server     500

Whose fault it was decides what the client sees: the `Backend*` errors name the side, never the client.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class GatewayError(Exception):
    """Base of every error that the gateway raises on purpose."""

    code: ClassVar[str] = "gateway_error"
    exit_code: ClassVar[int] = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the map: where it is, what it is and what to do about it.

    `line` and `column` count from 1.
    """

    line: int
    column: int
    what: str
    hint: str = ""
    route: str | None = None
    source: str = ""
    """The offending line of the file, for the caret."""

    def render(self, path: str) -> str:
        """`file:line:col: what, and what to do` on one line."""
        text = f"{path}:{self.line}:{self.column}: {self.what}"
        return f"{text}; {self.hint}" if self.hint else text


class MapInvalid(GatewayError):
    """The map has problems; all of them are listed, in file order."""

    code = "map_invalid"
    exit_code = 2

    def __init__(self, path: str, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(problem.render(path) for problem in problems))
        self.path = path
        self.problems = problems


class MapConflict(GatewayError):
    """The map is not the revision that the edit was made for."""

    code = "map_conflict"
    exit_code = 2


class MapBusy(MapConflict):
    """Another edit of the map does not come to its end, or its folder cannot be locked."""

    code = "map_busy"


class RouteUnknown(GatewayError):
    """The map has no route of that id."""

    code = "route_unknown"
    exit_code = 2


class SampleUnknown(GatewayError):
    """The evidence has no sample of that id: it never had, or it was let go."""

    code = "sample_unknown"
    exit_code = 2


class MapReadOnly(GatewayError):
    """The map cannot be written where it is; `diff` is the edit to make where it is kept."""

    code = "map_read_only"
    exit_code = 2

    def __init__(self, message: str, diff: tuple[str, ...]) -> None:
        by_hand = "make this edit where the map is kept, and roll it out:\n" + "\n".join(diff)
        super().__init__(f"{message}; {by_hand}")
        self.diff = diff


class FlipRefused(GatewayError):
    """The flip says too little to be made, such as a canary without a percentage."""

    code = "flip_refused"
    exit_code = 2


class GateRefused(GatewayError):
    """The gate does not let a route up. `state` is its decision, `unavailable` without evidence to read.

    `diff` is what the flip would have changed in the map.
    """

    code = "gate_refused"
    exit_code = 1

    def __init__(self, message: str, *, state: str, reasons: tuple[str, ...], diff: tuple[str, ...]) -> None:
        super().__init__(message)
        self.state = state
        self.reasons = reasons
        self.diff = diff


class ReasonRefused(GatewayError):
    """A reason is missing where one is needed, or is no reason that could be kept."""

    code = "reason_refused"
    exit_code = 2


class ExcuseRefused(GatewayError):
    """The excuse has no place that can be followed, is over already, or cannot be written into the map."""

    code = "excuse_refused"
    exit_code = 2


class RecordingInvalid(GatewayError):
    """A file of recorded requests cannot be read; the message has the line or the entry."""

    code = "recording_invalid"
    exit_code = 2


class ImportFailed(GatewayError):
    """An application named as `module:attribute` could not be imported."""

    code = "import_failed"
    exit_code = 3


class LegacyMissing(GatewayError):
    """V2 uses the legacy application's own objects, and there is no such application in the process."""

    code = "legacy_missing"


class CompatMisused(GatewayError):
    """V2 uses a part of compat in a way that would lose something silently; the message says what to write instead."""

    code = "compat_misused"


class AuditUnwritable(GatewayError):
    """What is about to be done cannot be written down, so it was not done."""

    code = "audit_unwritable"
    exit_code = 3


class CannotListen(GatewayError):
    """An address could not be bound."""

    code = "cannot_listen"
    exit_code = 3


class EvidenceError(GatewayError):
    """The evidence store cannot be used. Traffic does not notice."""

    code = "evidence_error"
    exit_code = 3


class EvidenceUnavailable(EvidenceError):
    """The store cannot be reached, written or read at the moment: locked, full, read-only, away."""

    code = "evidence_unavailable"


class EvidenceCorrupt(EvidenceError):
    """The store's file is damaged, or holds what no release has written."""

    code = "evidence_corrupt"


class EvidenceRefused(EvidenceError):
    """The store was written by a later release, or is somebody else's. It is left as it is."""

    code = "evidence_refused"
    exit_code = 2


class BackendError(GatewayError):
    """A side gave no answer. `status` is what the client gets in place of one."""

    code = "backend_error"
    status: ClassVar[int] = 502


class BackendUnavailable(BackendError):
    """The side was not asked at all: it is down, starting, or its queue is full.

    Because nothing was asked, asking the other side is safe for every method.
    `retry_after` is in seconds, for the `Retry-After` header.
    """

    code = "backend_unavailable"
    status = 503

    def __init__(self, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BackendTimeout(BackendError):
    """The side was asked and did not begin to answer in time."""

    code = "backend_timeout"
    status = 504


class BackendProtocolError(BackendError, RuntimeError):
    """The side answered with something that cannot be put on the wire.

    A RuntimeError as well: that is what servers raise in an application's `send`, and what applications may catch.
    """

    code = "backend_protocol_error"
    status = 502


class BackendCrashed(BackendError):
    """The side raised SystemExit, KeyboardInterrupt, GeneratorExit or a cancellation of its own making.

    Wrapped, because as they are they would stop the loop, or be taken for the caller's own cancellation.
    The original is `__cause__`.
    """

    code = "backend_crashed"
    status = 500


class RequestRefused(GatewayError):
    """The request cannot be handed to any side: `status` and `reason` say why.

    `reason` is a label of `gateway_rejected_total`.
    """

    code = "request_refused"

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class ClientDisconnected(GatewayError):
    """The client left before its request was complete; nothing can be answered and no side is asked."""

    code = "client_disconnected"
