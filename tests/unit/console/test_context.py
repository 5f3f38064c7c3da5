"""What routers get."""

from __future__ import annotations

from pathlib import Path

from gateway.console.auth import Guard, Role
from gateway.console.context import Console
from tests.support.console import Operated, unstarted_reader


def test_each_console_has_its_own_sessions() -> None:
    operated = Operated()
    guard, path = Guard("", loopback=True), Path("map.yaml")
    one, other = (Console(operated, guard, path, unstarted_reader(operated, path)) for _ in range(2))
    value = one.sessions.open(Role.READER)
    assert other.sessions.role_of(value) is None
