"""The goals that the whole gateway has to keep, in one run: P1, P2, P3, P7 and P8. About four minutes.

    python tests/bench/bench_gateway.py [--rounds 3] [--seconds 1] [--patience 3] [--only P1|P2|P7]

P1  Flask through the gateway, metrics and log on : gunicorn gthread   >= 2.0 one core, 4.0 unpinned, 2.0 with two
P2  FastAPI through the gateway, `inline` : uvicorn + FastAPI          >= 0.93
P3  the same with `thread`                                             >= 0.78
P7  the door's own CPU a request, without a side                       <= 25 us
P8  looking a path up among 5,000 routes : among 10, cold and warm     <= 2.5 and <= 1.5
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import uvloop
from applications import THREADS
from bench_bridge import BASE, granian, gunicorn
from harness import HERE, ROOT, Contender, Load, Place, in_rounds, print_table, ratio, running

from gateway.proxy.door import Door
from gateway.proxy.shadow import ShadowLane
from gateway.proxy.sides import Sides
from gateway.routing.mode import Mode
from gateway.routing.route import DEFAULT_ROUTE_ID, Route
from gateway.routing.table import RouteTable
from gateway.settings import Settings
from gateway.telemetry.telemetry import Telemetry
from tests.support.recording import BodyExaminer

MAP = """
version: 1
backends:
  legacy: {{wsgi: "applications:create_flask()", threads: {threads}}}
  v2: {{asgi: "applications:create_fastapi()", isolation: {isolation}}}
routes:
  - {{id: hello, path: /hello, methods: [GET], mode: {mode}}}
  - {{id: v2, path: /v2/hello, methods: [GET], mode: v2}}
"""
CONNECTIONS = (50, 200)


def gateway(folder: Path, name: str, *, mode: str, isolation: str = "thread") -> Contender:
    """`gateway serve` as it is run in production: metrics on, an access log to a file."""
    path = folder / f"{name.replace(' ', '_')}.yaml"
    path.write_text(MAP.format(threads=THREADS, isolation=isolation, mode=mode), encoding="utf-8")

    def command(place: Place) -> list[str]:
        options = ["--map", str(path), "--port", str(place.port), "--console-port", "0", "--log-format", "json"]
        return ["gateway", "serve", *options, "--workers", str(place.workers)]

    return Contender(name, command, {"PYTHONPATH": f"{ROOT}:{HERE}"})


def uvicorn_fastapi(place: Place) -> list[str]:
    options = "--no-access-log --no-server-header --log-level critical"
    workers = ["--workers", str(place.workers)] if place.workers > 1 else []
    address = ["--factory", "applications:create_fastapi", "--port", str(place.port)]
    return ["uvicorn", *address, *options.split(), *workers]


def flask(folder: Path, rounds: int, seconds: int, patience: int) -> list[str]:
    """P1."""
    here = {"PYTHONPATH": f"{ROOT}:{HERE}"}
    contenders = [
        gateway(folder, "gateway", mode="legacy"),
        Contender(BASE, gunicorn, here),
        Contender("granian", granian, here),
    ]
    lines = []
    for workers, pinned, goal in ((1, True, 2.0), (1, False, 4.0), (2, False, 2.0)):
        with running(contenders, workers=workers, pinned=pinned) as servers:
            for connections in CONNECTIONS:
                results = in_rounds(servers, Load("/hello", connections, seconds), rounds=rounds, patience=patience)
                where = f"{'one core' if pinned else 'unpinned'}, {workers} worker(s), {connections} connections"
                print_table(f"Flask: {where}", results, base=BASE)
                found, peer = ratio(results["gateway"], results[BASE]), ratio(results["gateway"], results["granian"])
                lines.append(f"P1  {where:42}{found:6.2f}  (goal {goal:.1f}; {peer:.2f} x granian)")
    return lines


def fastapi(folder: Path, rounds: int, seconds: int, patience: int) -> list[str]:
    """P2 and P3."""
    base = "uvicorn + FastAPI"
    contenders = [
        Contender(base, uvicorn_fastapi, {"PYTHONPATH": f"{ROOT}:{HERE}"}),
        gateway(folder, "gateway inline", mode="v2", isolation="inline"),
        gateway(folder, "gateway thread", mode="v2", isolation="thread"),
    ]
    lines = []
    with running(contenders, pinned=True, ready="/v2/hello") as servers:
        for connections in CONNECTIONS:
            results = in_rounds(servers, Load("/v2/hello", connections, seconds), rounds=rounds, patience=patience)
            where = f"one core, {connections} connections"
            print_table(f"FastAPI: {where}", results, base=base)
            for goal, name, least in (("P2", "gateway inline", 0.93), ("P3", "gateway thread", 0.78)):
                lines.append(f"{goal}  {where:42}{ratio(results[name], results[base]):6.2f}  (goal {least})")
    return lines


def door(rounds: int) -> list[str]:
    """P7: calls with a side that answers at once, less calls of that side alone."""

    async def side(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": b"hello"})

    async def receive() -> dict:
        return {"type": "http.disconnect"}

    async def send(message) -> None:
        pass

    telemetry = Telemetry(Settings(), fd=os.open(os.devnull, os.O_WRONLY))
    sides = Sides(side, side, side, side)
    table = a_table(10)
    lane = ShadowLane(sides, telemetry, BodyExaminer())
    front = Door(table, sides, lane, telemetry, new_id=iter(map(str, range(10**9))).__next__)
    headers = [(b"host", b"localhost"), (b"user-agent", b"wrk"), (b"accept", b"*/*")]
    fixed = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http"}
    fixed |= {"path": "/a/7", "raw_path": b"/a/7", "query_string": b"", "root_path": "", "client": ("127.0.0.1", 5)}

    async def calls(app, number: int) -> None:
        for _ in range(number):
            await app({**fixed, "headers": headers, "server": ("127.0.0.1", 80), "state": {}}, receive, send)

    def cost(app) -> float:
        began = time.process_time()
        uvloop.run(calls(app, 20_000))
        return (time.process_time() - began) / 20_000 * 1e6

    cost(front)
    own = statistics.median(cost(front) - cost(side) for _ in range(rounds))
    telemetry.close()
    return [f"P7  door, metrics and access log, a request{own:9.1f}  us of CPU (goal 25)"]


def a_table(number: int) -> RouteTable:
    routes = [
        Route(f"r{n}", f"/{chr(97 + n % 26)}/<int:id>" if n < 26 else f"/s{n}/<x>/y", Mode.LEGACY)
        for n in range(number)
    ]
    return RouteTable(routes, Route(DEFAULT_ROUTE_ID, "/<path:rest>", Mode.LEGACY), revision="r")


def lookup(rounds: int) -> list[str]:
    """P8."""

    def cost(work: Callable[[], object]) -> float:
        began = time.perf_counter()
        for _ in range(5000):
            work()
        return time.perf_counter() - began

    small, large = a_table(10), a_table(5000)
    cold, warm = [], []
    for _ in range(max(5, rounds)):
        cold.append(cost(lambda: large.match("GET", "/a/7")) / cost(lambda: small.match("GET", "/a/7")))
        warm.append(cost(lambda: large.resolve("GET", b"/a/7")) / cost(lambda: small.resolve("GET", b"/a/7")))
    found = (("cold", cold, 2.5), ("warm", warm, 1.5))
    return [f"P8  5,000 routes : 10, {name:26}{statistics.median(r):6.2f}  (goal {goal})" for name, r, goal in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--patience", type=int, default=3, help="how often a disturbed sample is taken again")
    parser.add_argument("--only", choices=("P1", "P2", "P7"), help="one part alone; P2 includes P3, P7 includes P8")
    options = parser.parse_args()
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.only in (None, "P1"):
            lines += flask(folder, options.rounds, options.seconds, options.patience)
        if options.only in (None, "P2"):
            lines += fastapi(folder, options.rounds, options.seconds, options.patience)
        if options.only in (None, "P7"):
            lines += door(options.rounds) + lookup(options.rounds)
    print("\nThe gateway's goals")
    for line in lines:
        print(f"  {line}")


if __name__ == "__main__":
    main()
