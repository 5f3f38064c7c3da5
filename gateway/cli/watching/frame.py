"""One picture of a migration: what the console's first page and its list of routes say, and where that is from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from gateway.cli.watching.bridge import Bridge
from gateway.console.views.overview import Overview
from gateway.console.views.row import RouteRow


@dataclass(frozen=True, slots=True)
class Frame:
    """`console` is None when no gateway answers for this map: the map and the evidence are all there is, then."""

    overview: Overview
    rows: tuple[RouteRow, ...]
    found: int
    """Routes that the filter lets through; `rows` may be the first of them."""
    total: int
    """Routes of the map, the default route included."""
    console: str | None
    bridge: Bridge | None = None
    trouble: str = ""
    """Why no gateway answers, or why it is not this frame's."""

    def document(self) -> dict[str, Any]:
        """For machines, as the API has it, but for the charts."""
        document = asdict(self)
        del document["overview"]["charts"]
        return document
