"""The bodies of changing requests. Nothing is guessed: a member that is not known is refused."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from gateway.changes.site import LONGEST_REASON
from gateway.routing.mode import Mode

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _day(given: object) -> object:
    """Pydantic takes seconds since 1970 for a day, too."""
    if given is not None and not (isinstance(given, str) and _DAY.fullmatch(given)):
        raise ValueError("write a day as 2027-03-01")
    return given


Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False, strict=True)]
Reason = Annotated[str, Field(max_length=LONGEST_REASON, description="Why; kept in the audit log.")]
DryRun = Annotated[bool, Field(strict=True, description="Answer what would be done, and do nothing.")]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class AskedFlip(_Asked):
    """Move a route to a mode. What is left out stays as the map has it."""

    mode: Mode
    percent: Annotated[Percent | None, Field(description="canary: of a hundred clients, how many v2 answers.")] = None
    sticky: Annotated[
        str | None,
        Field(max_length=200, description="canary: `client`, `cookie:NAME` or `header:NAME`."),
    ] = None
    sample: Annotated[Percent | None, Field(description="How many of a hundred requests are compared.")] = None
    force: Annotated[bool, Field(strict=True, description="Move up against the gate's word; needs a reason.")] = False
    reason: Reason = ""
    dry_run: DryRun = False


class AskedRollback(_Asked):
    """Send a route back to legacy."""

    reason: Reason = ""
    dry_run: DryRun = False


class AskedExcuse(_Asked):
    """Excuse a difference: one place, in the body (`at`, a JSON path) or a header."""

    at: Annotated[str | None, Field(max_length=1000)] = None
    header: Annotated[str | None, Field(max_length=200)] = None
    reason: Reason
    expires: Annotated[
        date | None, BeforeValidator(_day), Field(description="From this day on it is a mismatch again.")
    ] = None
    dry_run: DryRun = False


class AskedForce(_Asked):
    """Pull the kill switch, or lift it with null. Pulling it needs a reason."""

    side: Literal["legacy"] | None
    reason: Reason = ""


class AskedReload(_Asked):
    """Nothing more is to be said."""
