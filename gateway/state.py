"""What a process says of itself: whether traffic may come, and which map it serves. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.errors import Problem
from gateway.mapfile.force import Force
from gateway.mapfile.loaded import LoadedMap
from gateway.routing.table import RouteTable


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether traffic may come. `checks` holds `ok`, or what is wrong in a sentence."""

    ready: bool
    checks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Brief:
    """What is asked often: the revision in force, the side that is forced, routes whose breaker keeps v2 from clients.

    `evidence` is `ok`, or why it cannot be written.
    """

    revision: str
    force: str | None
    breakers: tuple[str, ...]
    evidence: str


def readiness(troubles: Mapping[str, str], force: Force | None, *, draining: bool) -> Readiness:
    """`troubles` are side -> why it cannot be asked.

    A v2 that is down does not make a process unready, as legacy's routes go on; nor does the kill switch.
    """
    checks = {
        "map": "ok",
        "legacy": troubles.get("legacy", "ok"),
        "v2": troubles.get("v2", "ok"),
        "force": "ok" if force is None else force.sentence(),
        "draining": "the process is shutting down" if draining else "ok",
    }
    return Readiness(checks["legacy"] == "ok" and not draining, checks)


def map_state(
    loaded: LoadedMap, table: RouteTable, force: Force | None, refused: tuple[Problem, ...]
) -> dict[str, Any]:
    """The map in force, who forced a side, and what was wrong with the version that was refused after it."""
    return {
        "path": str(loaded.path.absolute()),
        "revision": loaded.revision,
        "force": force and force.side.value,
        "forced": force and force.document(),
        "default": table.default.mode.value,
        "problems": [problem.render(str(loaded.path)) for problem in refused],
        "routes": [
            {
                "id": route.id,
                "path": route.path,
                "methods": sorted(route.methods) if route.methods is not None else None,
                "mode": route.mode.value,
                "percent": route.canary.share * 100 if route.canary is not None else None,
            }
            for route in table.routes
        ],
    }
