"""The log of writes to the directory: who tried what, and what became of it."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import Request
from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import Scope

from legacy.tables import audit_log
from v2.clock import utcnow
from v2.resources import Resources

METHODS = {"POST", "PUT", "PATCH", "DELETE"}
LONGEST_PATH = 300
_ACTOR = "v2.actor"


def note_actor(request: Request, actor: str) -> None:
    """Remember who makes this request, for its entry."""
    setattr(request.state, _ACTOR, actor)


def is_audited(scope: Scope) -> bool:
    """Whether the request is one that is noted, whatever comes of it."""
    return scope["method"] in METHODS and scope["path"].startswith("/employee")


async def write_entry(scope: Scope, status: int) -> None:
    """Note a request and the status of its answer. An entry that is lost is logged, and fails nothing."""
    held: Resources = scope["app"].state.resources
    state: dict[str, Any] = scope.get("state", {})
    entry = {
        "method": scope["method"],
        "path": scope["path"][:LONGEST_PATH],
        "status": status,
        "actor": state.get(_ACTOR, "anonymous"),
        "at": utcnow(),
    }
    try:
        await held.database.execute(insert(audit_log).values(entry))
    except (SQLAlchemyError, OSError):
        logging.getLogger("v2.audit").exception("the audit entry of %(method)s %(path)s is lost", entry)
