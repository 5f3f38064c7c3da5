"""The sample under mixed traffic: what is found is exactly what is planted, no more and no fewer.

`PARITY_REQUESTS` sets how many requests are sent; the everyday run sends 1,200, the long one 100,000.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections import defaultdict
from pathlib import Path

import httpx
import pytest

from gateway.evidence.opening import own_folder, read_store
from gateway.parity.causes import catalogue
from gateway.parity.difference import Verdict
from tests.sample_v2.requests import generated
from tests.support.gateway_process import ROOT, serving

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(3600)]

REQUESTS = int(os.environ.get("PARITY_REQUESTS", "1200"))
CLIENTS = 6

# v2/PLANTED.md, by the map's route ids: the traps that a client can provoke through the front door.
PLANTED = {
    "departments.list": {"N1"},
    "employees.reports": {"D1", "D4", "E1"},
    "employees.search": {"Q1", "Q2", "Q3", "Q5", "Q6", "Q7"},
    "employees.rated": {"M1"},
    "exports.directory": {"X3"},
    "pages.moved": {"L1"},
    "pages.moved_below": {"L1"},
}
PLANTED_TARGETS = [
    "/departments",
    "/employee/1/reports",
    "/employee/99999/reports",
    "/employees/search?q=ada&limit=abc",
    "/employees/search?q=ada&limit=",
    "/employees/search?q=ada&q=alan",
    "/employees/search?q=ada&limit=3.0",
    "/employees/search?q=a%FFb",
    "/employees/search",
    "/employees/rated/3.5",
    "/export/directory.json",
    "/staff",
    "/staff/berlin/2018?x=1",
]


def everything_in_shadow(path: Path) -> None:
    """The sample's map with every route that v2 has in shadow, every request compared."""
    text = (ROOT / "migration_map.yaml").read_text(encoding="utf-8")
    text, only_v2 = text.split("  - id: v2.only\n")
    text = re.sub(r"mode: (canary|v2)\b", "mode: shadow", text)
    text = re.sub(r"sample: \d+%", "sample: 100%", text)
    text += f"  - id: v2.only\n{only_v2}"
    path.write_text(text, encoding="utf-8")


def mixed_traffic() -> list[tuple[str, str, dict[str, str]]]:
    """Usual requests and clients' mistakes, the planted ones among them, in one order that is the same at every run."""
    faithful = [request for area in ("employee lists", "employees", "articles") for request in generated(area)]
    planted = [("GET", target, {}) for target in PLANTED_TARGETS]
    chance = random.Random("mixed traffic")  # noqa: S311 - reproducible, not secret
    return [chance.choice(planted if chance.random() < 0.2 else faithful) for _ in range(REQUESTS)]


async def test_exactly_the_planted_mistakes_are_found(tmp_path: Path) -> None:
    path = tmp_path / "migration_map.yaml"
    everything_in_shadow(path)
    traffic = iter(mixed_traffic())
    failures: list[str] = []
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'staff.sqlite3'}", "GATEWAY_ACCESS_LOG": "false"}

    async def client(http: httpx.AsyncClient) -> None:
        for method, target, headers in traffic:
            try:
                answer = await http.request(method, target, headers=headers)
            except httpx.HTTPError as error:
                failures.append(f"{method} {target}: {error!r}")
                continue
            if answer.status_code > 500:  # a 500 is legacy's own, for a page number that no database takes
                failures.append(f"{method} {target}: {answer.status_code}")

    with serving(path, cwd=ROOT, log=tmp_path / "log", env=env) as running:
        async with httpx.AsyncClient(base_url=running.url, timeout=30) as http:
            await asyncio.gather(*(client(http) for _ in range(CLIENTS)))
        running.stop()
    assert failures == []

    store = read_store(f"sqlite:///{own_folder(path) / 'evidence.sqlite3'}")
    try:
        names = {cause.name: cause.trap for cause in catalogue()}
        found: dict[str, set[str]] = defaultdict(set)
        for group in store.groups(limit=1000):
            found[group.route] |= {names.get(cause, cause) for cause in group.causes}
        tallies = store.tallies()
    finally:
        store.close()
    assert dict(found) == PLANTED
    compared = sum(one.tally.compared for one in tallies)
    faithful = sum(one.tally.compared for one in tallies if one.route not in PLANTED)
    print(f"\n{compared:,} exchanges compared, {faithful:,} of them on faithful routes; planted: {dict(found)}")
    assert compared > REQUESTS * 0.2, "the lane may shed on a busy machine, but not everything"
    assert all(one.tally.of(Verdict.ERROR) == 0 for one in tallies)
