"""A gateway that is only told what to say, and its console."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx
from prometheus_client import CollectorRegistry

from gateway.console.api import create_console
from gateway.console.auth import Guard
from gateway.console.views import Worker

TOKEN = "correct-horse-battery-staple-0123456789"
AUTHORIZED = {"authorization": f"Bearer {TOKEN}"}


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
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def readiness(self) -> State:
        return self.state

    def map_state(self) -> dict[str, Any]:
        return {"path": self.path, "revision": self.revisions[0], "problems": [], "routes": [{"id": "a"}]}

    def workers(self) -> tuple[Worker, ...]:
        return tuple(Worker(100 + number, revision, ready=True) for number, revision in enumerate(self.revisions))

    def reload(self) -> None:
        self.reloads += 1


def client(operated: Operated, *, token: str = TOKEN, loopback: bool = True) -> httpx.AsyncClient:
    app = create_console(operated, Guard(token, loopback))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8081")
