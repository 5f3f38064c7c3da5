"""A thousand rewrites of the map under load: nobody fails, and nobody sees two versions at once (case 129)."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.gateway_process import serving
from tests.support.load import Answered, load
from tests.support.sample_apps import map_text, write_sample

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]

REWRITES = 1000
CONNECTIONS = 8


def version(*, v2: bool) -> str:
    """Two settings that change together: who serves, and whether the answer says so."""
    headers = f"defaults: {{mode: legacy, headers: {str(v2).lower()}}}"
    return map_text("rewritten", mode="v2" if v2 else "legacy").replace("defaults:\n  mode: legacy", headers)


def judge(answer: Answered) -> str | None:
    if answer.status != 200:
        return f"status {answer.status}"
    side = json.loads(answer.body)["side"]
    said = answer.headers.get("x-served-by")
    # v2 serves exactly in the version that says so; anything else is half of one version and half of the other.
    if (side == "v2") != (said == "v2"):
        return f"served by {side}, said {said}"
    return None


def in_place(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def renamed_over(path: Path, text: str) -> None:
    other = path.with_suffix(".new")
    other.write_text(text, encoding="utf-8")
    other.replace(path)


def backup_and_rewrite(path: Path, text: str) -> None:
    if path.exists():
        path.replace(path.with_suffix(".yaml~"))
    path.write_text(text, encoding="utf-8")


def half_written(path: Path, text: str) -> None:
    path.write_text(text[: len(text) // 2], encoding="utf-8")


def missing(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)


def directory(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def fifo(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def bad(path: Path, text: str) -> None:
    path.write_text(text.replace("mode: legacy", "mode: nonsense"), encoding="utf-8")


WAYS: list[Callable[[Path, str], None]] = [in_place, renamed_over, backup_and_rewrite]
ACCIDENTS: list[Callable[[Path, str], None]] = [half_written, missing, directory, fifo, bad]


def clear(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists() and not path.is_file():
        path.unlink()


async def test_a_thousand_rewrites_under_load_are_seen_by_nobody(tmp_path: Path) -> None:
    path = write_sample(tmp_path, "rewritten")
    in_place(path, version(v2=False))
    with serving(path, cwd=tmp_path, log=tmp_path / "log") as running:
        async with load(running.port, "/who", connections=CONNECTIONS, judge=judge) as result:
            for number in range(REWRITES):
                clear(path)
                text = version(v2=(number + number // 20) % 2 == 0)
                way = ACCIDENTS[number // 3 % len(ACCIDENTS)] if number % 3 == 2 else WAYS[number // 20 % len(WAYS)]
                if way in (missing, directory, fifo) and not path.exists():
                    in_place(path, text)
                way(path, text)
                # Bursts, and between them time enough for a version to settle and come into force.
                await asyncio.sleep(0.2 if number % 20 == 19 else 0.004)
            clear(path)
            in_place(path, version(v2=True))
            async with asyncio.timeout(2):
                while not await _served_by_v2(running.port):  # noqa: ASYNC110 - another process does it
                    await asyncio.sleep(0.02)
        assert running.process.poll() is None
    assert result.failures == []
    assert result.answered > 1000
    events = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines() if line.startswith("{")]
    loaded = sum(event["event"] == "map_loaded" for event in events)
    refused = sum(event["event"] == "map_refused" for event in events)
    assert loaded >= 20, (loaded, refused)
    assert refused >= 5, (loaded, refused)


async def _served_by_v2(port: int) -> bool:
    seen: list[bool] = []
    async with load(port, "/who", connections=1, judge=lambda answer: seen.append(b'"v2"' in answer.body)):
        while not seen:  # noqa: ASYNC110 - the load generator does it
            await asyncio.sleep(0.005)
    return seen[-1]
