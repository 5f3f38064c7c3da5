"""Something that needs a person, now, soon, or when the migration goes on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Urgency(StrEnum):
    """When a person is needed."""

    NOW = "now"
    """Clients may be hurt, or a number may lie."""
    SOON = "soon"
    """It will be a surprise later."""
    NEXT = "next"
    """Nobody is hurt and nothing gets worse: it is what the migration waits for."""


class Concern(StrEnum):
    """What it is about. The values are stable; the sentence is for people."""

    FORCED = "forced"
    NOT_READY = "not_ready"
    SIDE_DOWN = "side_down"
    WORKERS_MISSING = "workers_missing"
    NOT_CONVERGED = "not_converged"
    MAP_REFUSED = "map_refused"
    BREAKER_OPEN = "breaker_open"
    MISMATCH_SPIKE = "mismatch_spike"
    EVIDENCE_TROUBLE = "evidence_trouble"
    SHADOW_DROPPED = "shadow_dropped"
    REGRESSED = "regressed"
    """A route that v2 answers clients on, and that the gate would not let there now."""
    CLIENTS_DIFFER = "clients_differ"
    """A route that v2 answers clients on, and that differs now and then: less than the gate minds."""
    RULE_EXPIRED = "rule_expired"
    RULE_EXPIRES = "rule_expires"
    MAP_WARNING = "map_warning"
    NO_ROUTES = "no_routes"
    SHADOW_NOT_READY = "shadow_not_ready"
    READY_TO_MOVE = "ready_to_move"


@dataclass(frozen=True, slots=True)
class Attention:
    """One concern: a sentence that says what and where, and the page of this console that shows more."""

    concern: Concern
    urgency: Urgency
    sentence: str
    link: str
    """A path on this console, percent-encoded: `/routes/employees.get`."""
    route: str | None = None
