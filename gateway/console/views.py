"""What the console shows and does, apart from HTTP: one process has it directly, a supervisor from its workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from prometheus_client import CollectorRegistry


class Readiness(Protocol):
    """Whether traffic may come, and what each check says."""

    @property
    def ready(self) -> bool:
        """Every check that matters passed, and nothing is draining."""

    @property
    def checks(self) -> Mapping[str, str]:
        """Check -> `ok`, or what is wrong in a sentence."""


@dataclass(frozen=True, slots=True)
class Worker:
    """One process that answers traffic."""

    pid: int
    revision: str
    ready: bool


class Operated(Protocol):
    """What is behind a console. Every method may be called on any thread and returns at once."""

    @property
    def registry(self) -> CollectorRegistry:
        """What `/metrics` shows."""

    def readiness(self) -> Readiness:
        """Whether traffic may come."""

    def map_state(self) -> Mapping[str, Any]:
        """The map in force: path, revision, problems of the last refused version, routes."""

    def workers(self) -> tuple[Worker, ...]:
        """Every process that answers traffic."""

    def reload(self) -> None:
        """Read the map again."""


def map_view(operated: Operated) -> dict[str, Any]:
    """`/api/v1/map`. `converged` says whether every worker has the revision that is shown."""
    workers, state = operated.workers(), operated.map_state()
    return {
        **state,
        # A reload may come between the two questions: workers that agree on the revision before it have not converged.
        "converged": {worker.revision for worker in workers} <= {state["revision"]},
        "workers": [{"pid": worker.pid, "revision": worker.revision, "ready": worker.ready} for worker in workers],
    }


def readiness_view(readiness: Readiness, *, details: bool) -> dict[str, Any]:
    """`/readyz`. Without `details` a failed check has no sentence, which may name hosts and modules."""
    checks = readiness.checks
    shown = checks if details else {name: "ok" if text == "ok" else "failed" for name, text in checks.items()}
    return {"ready": readiness.ready, "checks": dict(shown)}
