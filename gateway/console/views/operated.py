"""What the console shows and does, apart from HTTP: one process has it directly, a supervisor from its workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from prometheus_client import CollectorRegistry

from gateway.mapfile.force import Word
from gateway.mapfile.loaded import LoadedMap


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
    """One process that answers traffic. `force` is the side that it sends everything to, if there is one.

    `breakers` are the routes on which v2 is kept from clients for now, because it failed too often. `evidence` is `ok`,
    or why it cannot be written.
    """

    pid: int
    revision: str
    ready: bool
    force: str | None = None
    breakers: tuple[str, ...] = ()
    evidence: str = "ok"


class Observed(Protocol):
    """What a picture is of. Every method may be called on any thread and returns at once."""

    def readiness(self) -> Readiness:
        """Whether traffic may come."""

    def loaded(self) -> LoadedMap | None:
        """The map in force, where this process has it; None where only workers do."""

    def workers(self) -> tuple[Worker, ...]:
        """Every process that answers traffic."""


class Operated(Observed, Protocol):
    """What is behind a console: what it shows, and what it does."""

    @property
    def registry(self) -> CollectorRegistry:
        """What `/metrics` shows."""

    @property
    def cells(self) -> tuple[int, ...]:
        """Descriptors of the files that each process counts in (`gateway.telemetry.cells`)."""

    def map_state(self) -> Mapping[str, Any]:
        """The map in force: path, revision, problems of the last refused version, routes."""

    def reload(self) -> None:
        """Read the map again."""

    def say_force(self, word: Word) -> None:
        """Send everything to one side, or nothing, in memory alone: where the switch's file cannot be written."""


def map_view(operated: Operated) -> dict[str, Any]:
    """`/api/v1/map`. `converged` says whether every worker has the revision, and forces the side, that are shown."""
    workers, state = operated.workers(), operated.map_state()
    return {
        **state,
        # A reload may come between the two questions: workers that agree on the revision before it have not converged.
        "converged": {(worker.revision, worker.force) for worker in workers}
        <= {(state["revision"], state.get("force"))},
        "workers": [
            {"pid": worker.pid, "revision": worker.revision, "ready": worker.ready, "force": worker.force}
            for worker in workers
        ],
    }


def readiness_view(readiness: Readiness, *, details: bool) -> dict[str, Any]:
    """`/readyz`. Without `details` a failed check has no sentence, which may name hosts and modules."""
    checks = readiness.checks
    shown = checks if details else {name: "ok" if text == "ok" else "failed" for name, text in checks.items()}
    return {"ready": readiness.ready, "checks": dict(shown)}
