"""The main job: a route of the sample is flipped while clients are asking, and they do not notice."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path

import pytest

from tests.support.gateway_process import ROOT, gateway, serving
from tests.support.load import Answered, load

FORCE = ("--force", "--reason", "this test is about the traffic")

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


async def test_flip_and_rollback_under_load_fail_nobody(tmp_path: Path) -> None:
    path = tmp_path / "migration_map.yaml"
    demo = (ROOT / "migration_map.yaml").read_text(encoding="utf-8")
    path.write_text(demo.replace("headers: false", "headers: true"), encoding="utf-8")
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'staff.sqlite3'}"}
    bodies: set[bytes] = set()
    sides: Counter[str] = Counter()

    def judge(answer: Answered) -> str | None:
        bodies.add(answer.body)
        sides[answer.headers["x-served-by"]] += 1
        return None if answer.status == 200 else f"status {answer.status}"

    async def command(*arguments: str) -> None:
        console = {"GATEWAY_CONSOLE_URL": running.console_url}
        done = await asyncio.to_thread(gateway, *arguments, "--map", str(path), cwd=ROOT, env=console)
        assert (done.returncode, "in force on" in done.stdout) == (0, True), done

    async def only(side: str) -> None:
        """Soon every answer is of that side: within a second on an idle machine, later on a busy one."""
        async with asyncio.timeout(15):
            while True:
                sides.clear()
                await asyncio.sleep(0.1)
                if set(sides) == {side}:
                    return

    with serving(path, cwd=ROOT, log=tmp_path / "log", env=env) as running:
        async with load(running.port, "/employee/7", connections=10, judge=judge) as result:
            await command("flip", "employees.get", "v2", *FORCE)
            await only("v2")
            await command("rollback", "employees.get")
            await only("legacy")
            await command("flip", "employees.get", "shadow", "--sample", "25")
            await command("flip", "employees.get", "canary", "--percent", "5", "--sticky", "header:x-user", *FORCE)
            await command("rollback")
            await only("legacy")
    assert result.failures == []
    assert result.answered > 100
    assert len(bodies) == 1, "both sides give the same bytes"
    assert path.read_text(encoding="utf-8").count("#") == demo.count("#"), "the comments are kept"
    events = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines() if line.startswith("{")]
    assert not [event for event in events if event["level"] in ("error", "critical")]
