"""`If-Match`: a change is for the map that its author has seen, and for no other. Pure."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from gateway.console.refusals import Denied, Refused
from gateway.mapfile.loaded import SHORT_REVISION

MISSING = Denied(
    HTTPStatus.PRECONDITION_REQUIRED,
    "if_match_missing",
    'say which map this change is for: If-Match: "<the revision that /api/v1/map shows>"',
)
_HASH = f"[0-9A-Fa-f]{{{SHORT_REVISION},64}}"
_ETAG = re.compile(f'"?({_HASH})"?')
IF_MATCH: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": f"The map's revision that this is for, whole or {SHORT_REVISION} characters of it.",
    "schema": {"type": "string", "pattern": f'^"{_HASH}"$'},
}
"""The header, for OpenAPI. A repeated one is refused, so it is no parameter of an endpoint, which would see one."""


def expected_revision(given: list[str]) -> str:
    """The revision that a request's `If-Match` headers name. Raises Refused: 428 without one, 412 for no revision."""
    if not given or given == ["*"]:
        raise Refused(MISSING)
    found = _ETAG.fullmatch(given[0].strip()) if len(given) == 1 else None
    if found is None:
        raise Refused(stale("If-Match names no revision of a map: its whole hash, or at least 12 characters of it"))
    return found[1]


def stale(sentence: str) -> Denied:
    """The map is not the one that the change is for."""
    return Denied(HTTPStatus.PRECONDITION_FAILED, "revision_stale", sentence)
