"""What an error of a change is to whoever asked the console for it."""

from __future__ import annotations

from http import HTTPStatus

from gateway.console.conditions import stale
from gateway.console.refusals import Denied
from gateway.errors import (
    AuditUnwritable,
    ExcuseRefused,
    FlipRefused,
    GateRefused,
    GatewayError,
    MapBusy,
    MapConflict,
    MapInvalid,
    MapReadOnly,
    ReasonRefused,
    RouteUnknown,
)

_STATUSES: dict[type[GatewayError], HTTPStatus] = {
    RouteUnknown: HTTPStatus.NOT_FOUND,
    AuditUnwritable: HTTPStatus.SERVICE_UNAVAILABLE,
    MapBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    FlipRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    ExcuseRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    ReasonRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
}


def objection_of(error: GatewayError) -> Denied:
    """The answer: 409 for what stands in the way, 422 for what says too little, 503 for what may pass."""
    match error:
        case GateRefused():
            details = {"state": error.state, "reasons": list(error.reasons), "diff": list(error.diff)}
            return Denied(HTTPStatus.CONFLICT, error.code, str(error), details)
        case MapReadOnly():
            sentence = str(error).partition("; make this edit")[0]
            return Denied(HTTPStatus.CONFLICT, error.code, sentence, {"diff": list(error.diff)})
        case MapInvalid():
            problems = {"problems": [problem.render(error.path) for problem in error.problems]}
            return Denied(HTTPStatus.CONFLICT, error.code, "the map on disk is invalid: nothing is changed", problems)
        case MapConflict() if not isinstance(error, MapBusy):
            return stale(str(error))
        case _:
            return _plain(error)


def _plain(error: GatewayError) -> Denied:
    status = _STATUSES.get(type(error), HTTPStatus.CONFLICT)
    later = {"Retry-After": "2"} if status is HTTPStatus.SERVICE_UNAVAILABLE else {}
    return Denied(status, error.code, str(error), headers=later)


NEEDS_REASON = Denied(
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "force_needs_reason",
    "forcing a flip needs a reason; it is kept in the audit log",
)
