"""The sample under mixed traffic: what is found is exactly what is planted, no more and no fewer.

Every route that can be asked with GET is in shadow. Clients go as fast as the lane compares, so that what is found does
not depend on the machine: a lane that is behind sheds, and `tests/soak` is where it is overtaken.

`PARITY_REQUESTS` sets how many requests are sent; the everyday run sends 1,200; 205,000 compare 100,000 on faithful
routes, in half an hour and more.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gateway.evidence.opening import own_folder, read_store
from gateway.evidence.store import GroupQuery
from gateway.parity.causes import catalogue
from gateway.parity.difference import Verdict
from tests.sample_v2.requests import generated
from tests.support.gateway_process import ROOT, serving

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(3600)]

REQUESTS = int(os.environ.get("PARITY_REQUESTS", "1200"))
CLIENTS = 6
AHEAD = 48
"""How many shadows may wait before the clients do, all of them; one looks, once for so many requests."""

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


Request = tuple[str, str, dict[str, str]]

FAITHFUL = ("employee lists", "employees", "articles", "operations", "cross-origin", "site", "programs", "pages")
BEHIND_A_LOGIN = (
    "/",
    "/about/",
    "/account",
    "/account/security",
    "/files/",
    "/whoami",
    "/employee/me",
    "/people/nobody",
)
BEHIND_A_LOGIN += ("/directory/", "/news/?start=12", "/people/grace-schmidt", "/people/anton-jensen", "/login", "/docs")


def everything_in_shadow(path: Path) -> None:
    """The sample's map with every route that has GET in shadow, every request compared."""
    text = (ROOT / "migration_map.yaml").read_text(encoding="utf-8")
    text, only_v2 = text.split("  - id: v2.only\n")
    text = re.sub(r"mode: (canary|v2)\b", "mode: shadow", text)
    text = re.sub(r"sample: \d+%", "sample: 100%", text)
    # Five seconds of silence are a mismatch on any machine; on one that stands still meanwhile they are not v2's.
    text = re.sub(r"timeout: \d+s", "timeout: 120s", text)
    text = text.replace("\n  mode: legacy\n", "\n  mode: legacy\n  shadow: {timeout: 120s}\n", 1)
    text = re.sub(r"(    methods: \[GET\b.*\]\n)(?!    mode:)", r"\1    mode: shadow\n", text)
    text += f"  - id: v2.only\n{only_v2}"
    path.write_text(text, encoding="utf-8")


def mixed_traffic(logged_in: dict[str, str]) -> Iterator[Request]:
    """Usual requests and clients' mistakes, the planted ones among them, in one order that is the same at every run."""
    faithful = [
        request
        for area in FAITHFUL
        for request in generated(area)
        if not request[1].startswith(("/staff", "/export/directory", "/events/live"))
    ]
    person: list[Request] = [("GET", target, logged_in) for target in BEHIND_A_LOGIN]
    planted: list[Request] = [("GET", target, {}) for target in PLANTED_TARGETS]
    chance = random.Random("mixed traffic")  # noqa: S311 - reproducible, not secret
    for _ in range(REQUESTS):
        yield chance.choice(chance.choices((faithful, planted, person), (0.7, 0.15, 0.15))[0])


async def a_login(http: httpx.AsyncClient) -> dict[str, str]:
    """The headers of somebody who has logged in, on legacy."""
    page = await http.get("/login")
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.text)
    assert token is not None
    form = {"csrf_token": token[1], "email": "demo@example.com", "password": "demo", "remember": "y"}
    answer = await http.post("/login", data=form)
    assert answer.status_code == 302, answer.text
    cookie = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
    http.cookies.clear()
    return {"Cookie": cookie}


async def lane_is_at(http: httpx.AsyncClient, console: str, most: int) -> None:
    """When at most so many shadows wait or run."""
    while True:
        metrics = (await http.get(f"{console}/metrics")).text
        found = re.search(r"^gateway_shadow_queue_depth(?:\{.*\})? (\S+)", metrics, re.MULTILINE)
        if found is None or float(found[1]) <= most:
            return
        await asyncio.sleep(0.1)  # a scrape takes time, too


async def test_exactly_the_planted_mistakes_are_found(tmp_path: Path) -> None:
    path = tmp_path / "migration_map.yaml"
    everything_in_shadow(path)
    failures: list[str] = []
    env = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'staff.sqlite3'}",
        "UPLOAD_FOLDER": str(tmp_path / "uploads"),
        "API_KEY": "sample-v2-api-key",
        "GATEWAY_ACCESS_LOG": "false",
        "GATEWAY_KEEP_ALIVE": "60",  # above the 5 s for which httpx keeps a connection
    }

    with serving(path, cwd=ROOT, log=tmp_path / "log", env=env) as running:
        async with httpx.AsyncClient(base_url=running.url, timeout=30) as http:
            traffic = enumerate(mixed_traffic(await a_login(http)))

            may_go = asyncio.Event()
            may_go.set()

            async def client() -> None:
                for number, (method, target, headers) in traffic:
                    if number % AHEAD == 0:
                        may_go.clear()
                        await lane_is_at(http, running.console_url, AHEAD)
                        may_go.set()
                    await may_go.wait()
                    try:
                        answer = await http.request(method, target, headers=httpx.Headers(headers, encoding="latin-1"))
                    except httpx.HTTPError as error:
                        failures.append(f"{method} {target}: {error!r}")
                        continue
                    if answer.status_code > 500 and target.partition("?")[0] != "/aggregate":  # 503: no partner
                        failures.append(f"{method} {target}: {answer.status_code}")

            await asyncio.gather(*(client() for _ in range(CLIENTS)))
            await lane_is_at(http, running.console_url, 0)
            metrics = (await http.get(f"{running.console_url}/metrics")).text
        running.stop()
    assert failures == []

    store = read_store(f"sqlite:///{own_folder(path) / 'evidence.sqlite3'}")
    try:
        names = {cause.name: cause.trap for cause in catalogue()}
        found: dict[str, set[str]] = defaultdict(set)
        for group in store.groups(GroupQuery(limit=1000)).groups:
            found[group.route] |= {names.get(cause, cause) for cause in group.causes}
        tallies = store.tallies()
    finally:
        store.close()
    assert dict(found) == PLANTED
    compared: Counter[str] = Counter()
    for one in tallies:
        compared[one.route] += one.tally.compared
    faithful = {route: count for route, count in compared.items() if route not in PLANTED}
    print(f"\n{compared.total():,} exchanges compared, on {len(faithful)} faithful routes: {sum(faithful.values()):,}")
    assert len(faithful) > 30
    assert compared.total() > REQUESTS * 0.5  # the rest are methods that are never asked twice, and streams
    assert 'reason="queue_full"' not in metrics
    assert all(one.tally.of(Verdict.ERROR) == 0 for one in tallies)
