"""The answers to changing requests, and to who looks at what was changed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from gateway.routing.mode import Mode


class GateWord(BaseModel):
    """What the gate said. `unavailable`: there is no evidence that could be read."""

    state: Literal["ready", "not_ready", "inconclusive", "unavailable"]
    reasons: list[str]


class Changed(BaseModel):
    """What was changed in the map, or would be."""

    route: str
    changed: Annotated[bool, Field(description="False when the map said so already.")]
    dry_run: bool
    diff: Annotated[
        list[str], Field(description="The changed lines, `- ` before the old and `+ ` before the new ones.")
    ]
    old_revision: str
    new_revision: str
    warnings: list[str]
    in_force: Annotated[
        bool | None, Field(description="Whether every worker serves it; null when nothing was changed.")
    ]


class Flipped(Changed):
    """What a flip changed."""

    old_mode: str
    new_mode: str
    old_percent: float | None
    new_percent: float | None
    also: Annotated[list[str], Field(description="Routes that changed with it, because they follow the defaults.")]
    gate: Annotated[GateWord | None, Field(description="Null where it was not asked.")]


class Excused(Changed):
    """What an excuse changed. `renewed` says that one for the same place was replaced."""

    renewed: bool


class ForceState(BaseModel):
    """The kill switch."""

    side: str | None
    actor: str
    since: str
    reason: str


class Forced(BaseModel):
    """What the kill switch is at now."""

    force: ForceState | None
    persisted: Annotated[bool, Field(description="False when it is only in memory: a restart forgets it.")]
    in_force: Annotated[bool, Field(description="Whether every worker heeds it.")]
    warnings: list[str]


class Reloading(BaseModel):
    """The map is being read again."""

    status: Literal["reloading"] = "reloading"
    warnings: list[str]


class MapRoute(BaseModel):
    """A route of the map in force. No methods are every method."""

    id: str
    path: str
    methods: list[str] | None
    mode: Mode
    percent: float | None


class MapWorker(BaseModel):
    """A process that answers traffic, the map it serves, and the side that it sends everything to."""

    pid: int
    revision: str
    ready: bool
    force: str | None


class MapInForce(BaseModel):
    """What decides who answers. While no worker answers, the path and the revision are empty."""

    path: str
    revision: str
    force: Annotated[str | None, Field(description="The side that the kill switch sends everything to.")]
    forced: ForceState | None
    default: Annotated[Mode | None, Field(description="The mode of the default route.")]
    problems: Annotated[list[str], Field(description="Of the version that was refused after this one.")]
    routes: list[MapRoute]
    converged: Annotated[bool, Field(description="Whether every worker serves this revision.")]
    workers: list[MapWorker]


class Alive(BaseModel):
    """The process that answers, and for how long it has run."""

    status: Literal["alive"] = "alive"
    pid: int
    seconds: float


class Ready(BaseModel):
    """Whether traffic may come. Each check is `ok`, or a sentence; `failed` for those who may not read."""

    ready: bool
    checks: dict[str, str]


class AuditEntry(BaseModel):
    """One act, with what came of it; `interrupted` when nobody knows."""

    seq: int
    time: str
    action: str
    outcome: str
    actor: str
    source: str
    route: str
    old: dict[str, Any]
    new: dict[str, Any]
    before: str
    after: str
    reason: str
    forced: bool
    gate: str | None
    note: str
    of: int | None
    prev: str
    hash: str


class AuditFinding(BaseModel):
    """A line of the log that is not as it was written."""

    line: int
    fault: str
    sentence: str


class AuditPage(BaseModel):
    """Acts, the latest first. `before` of the next page is `older`, null on the last one."""

    entries: list[AuditEntry]
    older: int | None
    verified: Annotated[bool, Field(description="Whether no line was changed, removed or moved.")]
    findings: list[AuditFinding]
    lines: int
    head: Annotated[str | None, Field(description="The hash of the last line: note it elsewhere.")]
