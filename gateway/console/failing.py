"""How the API fails, for its description: one shape of error, and which words come with which status. Data alone.

responses=failing(401, 404)    an endpoint that may refuse a token, and may not know what it is asked for
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Failure:
    """What a status says: a sentence, the words that `error` may hold, and the members that it may have beside."""

    why: str
    words: tuple[str, ...]
    beside: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


_SENTENCES: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}}
_PLACES: Mapping[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"where": {"type": "string"}, "what": {"type": "string"}},
        "required": ["where", "what"],
    },
}

FAILURES: Mapping[int, Failure] = {
    400: Failure("The body cannot be read.", ("bad_request",)),
    401: Failure("A token is needed, and this is none.", ("token_wrong",)),
    403: Failure(
        "This caller may not do it: the message says who may.",
        ("token_not_configured", "token_read_only", "session_only", "origin_foreign"),
    ),
    404: Failure("There is no such route or mismatch.", ("route_unknown", "sample_unknown", "not_found")),
    408: Failure("The body comes too slowly.", ("body_too_slow",)),
    409: Failure(
        "Something stands in the way: the gate, or the map as it is on disk.",
        ("gate_refused", "map_read_only", "map_invalid"),
        {"state": {"type": "string"}, "reasons": _SENTENCES, "diff": _SENTENCES, "problems": _SENTENCES},
    ),
    412: Failure("The map is another one by now.", ("revision_stale",)),
    413: Failure("The body is too large.", ("body_too_large",)),
    415: Failure("The body is not JSON, or does not say so.", ("content_type_wrong",)),
    421: Failure("The console is not asked by this host's name.", ("host_unknown",)),
    422: Failure(
        "What is asked cannot be understood, says too little, or cannot be.",
        ("request_invalid", "force_needs_reason", "flip_refused", "excuse_refused", "reason_refused"),
        {"problems": _PLACES},
    ),
    428: Failure("If-Match is missing.", ("if_match_missing",)),
    429: Failure("Too many wrong tokens came from this address.", ("signin_too_often",)),
    500: Failure("The console failed. The gateway's log says how.", ("internal_error",)),
    503: Failure(
        "It cannot be read, or written down, at the moment: try again.",
        (
            "audit_unreadable",
            "audit_unwritable",
            "evidence_corrupt",
            "evidence_refused",
            "evidence_unavailable",
            "gateway_error",
            "map_busy",
            "map_invalid",
        ),
    ),
}

ANYWHERE = (421, 500)
"""Statuses of every path."""
READING = (*ANYWHERE, 401, 403)
"""Statuses of whatever only some may read."""
SENDING = (*ANYWHERE, 400, 403, 408, 413, 415, 422)
"""Statuses of whatever takes a body."""
CHANGING = (*SENDING, 401, 503)
"""Statuses of whatever changes something."""
ON_THE_MAP = (404, 409, 412, 428)
"""Statuses of what changes the map, beside `CHANGING`."""


def failing(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """`responses` of an endpoint or a router. Raises KeyError for a status that the console never answers."""
    return {status: _response(FAILURES[status]) for status in statuses}


def _response(failure: Failure) -> dict[str, Any]:
    """Written out: FastAPI would build a validator for each model of each endpoint, and never ask it."""
    schema = {
        "type": "object",
        "properties": {
            "error": {"type": "string", "enum": list(failure.words), "description": "Stable: for programs."},
            "message": {"type": "string", "description": "A sentence, for people."},
            **failure.beside,
        },
        "required": ["error", "message"],
    }
    return {"description": failure.why, "content": {"application/json": {"schema": schema}}}
