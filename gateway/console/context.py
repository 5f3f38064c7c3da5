"""What the console's routers are built from. Each router is a function of it: `health_router(console)`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gateway.console.attempts import Attempts
from gateway.console.auth import Guard
from gateway.console.sessions import Sessions
from gateway.console.views import Operated
from gateway.console.views.reader import Reader


@dataclass(frozen=True, slots=True)
class Console:
    """The parts of one console.

    `map_path` is the map's file as it was given; `evidence` the store's URL, None when nothing is kept. `clock` tells
    seconds since 1970; `reader` has what pages and endpoints show.
    """

    operated: Operated
    guard: Guard
    map_path: Path
    reader: Reader
    evidence: str | None = None
    clock: Callable[[], float] = time.time
    notice: Callable[[str, str], None] = lambda _event, _message: None
    """Told of an event, such as `audit_incomplete`, and a sentence: for the process's log."""
    sessions: Sessions = field(default_factory=Sessions)
    attempts: Attempts = field(default_factory=Attempts)
