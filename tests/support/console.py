"""A gateway that is only told what to say, and its console."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from prometheus_client import CollectorRegistry

from gateway.console.app import create_console
from gateway.console.auth import Guard
from gateway.console.context import Console
from gateway.console.lookout import look_out
from gateway.console.page_reader import PageReader
from gateway.console.views import Worker
from gateway.evidence.retention import Retention
from gateway.mapfile.force import Word

TOKEN = "correct-horse-battery-staple-0123456789"
READ_TOKEN = "look-but-do-not-touch-0123456789-abcdef"
AUTHORIZED = {"authorization": f"Bearer {TOKEN}"}
READING = {"authorization": f"Bearer {READ_TOKEN}"}
AS_JSON = {"content-type": "application/json"}
CHANGING = {**AUTHORIZED, **AS_JSON}


@dataclass
class State:
    ready: bool = True
    checks: dict[str, str] = field(default_factory=lambda: {"map": "ok", "legacy": "ok"})


@dataclass
class Operated:
    """A gateway behind the console."""

    state: State = field(default_factory=State)
    path: str = "/srv/migration_map.yaml"
    revisions: tuple[str, ...] = ("abc",)
    reloads: int = 0
    said: list[Word] = field(default_factory=list)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    cells: tuple[int, ...] = ()

    def loaded(self) -> None:
        """As a supervisor: the map is on disk."""

    def readiness(self) -> State:
        return self.state

    def map_state(self) -> dict[str, Any]:
        return {"path": self.path, "revision": self.revisions[0], "problems": [], "routes": [{"id": "a"}]}

    def workers(self) -> tuple[Worker, ...]:
        return tuple(Worker(100 + number, revision, ready=True) for number, revision in enumerate(self.revisions))

    def reload(self) -> None:
        self.reloads += 1

    def say_force(self, word: Word) -> None:
        self.said.append(word)


def unstarted_reader(operated: Operated, map_path: Path) -> PageReader:
    """What reads for a console, of no evidence; without `start` it has no picture."""

    def noticed(event: str, message: str) -> None:
        raise AssertionError(f"{event}: {message}")

    retention = Retention()
    return look_out(operated, map_path, None, retention=retention, front_door="http://127.0.0.1:8000", notice=noticed)


def client(
    operated: Operated,
    *,
    token: str = TOKEN,
    read_token: str = READ_TOKEN,
    loopback: bool = True,
    scheme: str = "http",
    **parts: Any,
) -> httpx.AsyncClient:
    """A client of its console; `parts` are further ones of `Console`."""
    guard = Guard(token, loopback, read_token=read_token)
    map_path = Path(parts.pop("map_path", operated.path))
    reader = parts.pop("reader", None) or unstarted_reader(operated, map_path)
    app = create_console(Console(operated, guard, map_path, reader, **parts))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=f"{scheme}://127.0.0.1:8081")
