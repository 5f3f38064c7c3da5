"""What shadowing costs the clients: P4 and P5, shadow on beside shadow off. About a minute.

    python tests/bench/bench_shadow.py [--rounds 3] [--seconds 2]

P4  saturated, every request planned, shed allowed: requests/s with the shadow on : off   >= 0.85, and p99 <= 1.5 x
P5  500 requests/s that come when they come, nothing dropped: added to p50 and to p99     <= 0.3 ms and <= 3 ms

Both sides answer the same small JSON, which is compared each time; evidence, metrics and the access log are on. The
latency of P5 counts from the moment at which a request was due, so a stall is felt by all who would have come in it.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import uvloop
from harness import ROOT, Contender, Load, Place, Server, in_rounds, median, print_table, ratio, running

MAP = """
version: 1
backends:
  legacy: {{wsgi: "tests.support.steady:app", threads: 8}}
  v2: {{asgi: "tests.support.steady_v2:app"}}
routes:
  - {{id: echo, path: "/echo/<name>", methods: [GET], mode: {mode}}}
"""
PATH = "/echo/bench"
OFF, ON = "shadow off", "shadow on"
RATE = 500
POOL = 32
"""Connections of the open loop; a request that finds none free waits for one, and its latency shows it."""


@dataclass
class OpenLoop:
    """Requests at fixed moments, whatever becomes of them. Latencies are in ms."""

    server: Server
    latencies: list[float] = field(default_factory=list)

    async def run(self, seconds: float) -> None:
        free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        for _ in range(POOL):
            free.put_nowait(await asyncio.open_connection("127.0.0.1", self.server.place.port))
        began = time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for number in range(int(seconds * RATE)):
                due = began + number / RATE
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                tasks.create_task(self._ask(free, due))
        while not free.empty():
            free.get_nowait()[1].close()

    async def _ask(self, free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]], due: float) -> None:
        reader, writer = await free.get()
        writer.write(f"GET {PATH} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        self.latencies.append((time.perf_counter() - due) * 1000)
        free.put_nowait((reader, writer))


def gateway(folder: Path, name: str, mode: str) -> Contender:
    """Each has a folder of its own, since evidence is kept beside the map."""
    own = folder / mode
    own.mkdir()
    path = own / "migration_map.yaml"
    path.write_text(MAP.format(mode=mode), encoding="utf-8")

    def command(place: Place) -> list[str]:
        options = ["--map", str(path), "--port", str(place.port), "--console-port", "0", "--log-format", "json"]
        return ["gateway", "serve", *options]

    return Contender(name, command, {"PYTHONPATH": str(ROOT)}, own)


def saturated(servers: list[Server], rounds: int, seconds: int, where: str) -> list[str]:
    """P4."""
    lines = []
    for connections in (50, 200):
        results = in_rounds(servers, Load(PATH, connections, seconds), rounds=rounds, patience=2)
        print_table(f"Saturated, {where}, {connections} connections", results, base=OFF)
        slower = statistics.median(
            on.p99 / off.p99 for on, off in zip(results[ON], results[OFF], strict=True) if off.p99
        )
        others = max(median(results[name], "foreign") for name in results)
        rate = ratio(results[ON], results[OFF])
        lines.append(
            f"P4  {where}, {connections:3} connections: requests/s {rate:.2f} x (goal 0.85), p99 {slower:.2f} x "
            f"(goal 1.5); others had {others:.0%} of the machine"
        )
    return lines


def at_ease(servers: list[Server], rounds: int, seconds: int, where: str) -> list[str]:
    """P5."""
    found: dict[str, list[tuple[float, float]]] = {OFF: [], ON: []}
    for turn in range(rounds):
        for server in servers if turn % 2 == 0 else servers[::-1]:
            run = OpenLoop(server)
            uvloop.run(run.run(max(2, seconds)))
            ordered = sorted(run.latencies)
            found[server.name].append((ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]))
            time.sleep(0.5)  # what is still to be shadowed belongs to this round
    p50, p99 = (
        statistics.median(on[at] - off[at] for on, off in zip(found[ON], found[OFF], strict=True)) for at in (0, 1)
    )
    print(f"\nOpen loop, {where}, {RATE} requests/s: p50 and p99 in ms, a round each")
    for name, values in found.items():
        print(f"  {name:12}" + "   ".join(f"{one:6.2f} {other:6.2f}" for one, other in values))
    return [f"P5  {where}, {RATE} requests/s: p50 {p50:+.2f} ms (goal 0.3), p99 {p99:+.2f} ms (goal 3)"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    options = parser.parse_args()
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        contenders = [gateway(folder, OFF, "legacy"), gateway(folder, ON, "shadow")]
        for pinned, where in ((True, "one core"), (False, "unpinned")):
            with running(contenders, pinned=pinned, ready=PATH) as servers:
                lines += saturated(servers, options.rounds, options.seconds, where)
                lines += at_ease(servers, options.rounds, options.seconds, where)
    print("\nWhat shadowing costs")
    for line in lines:
        print(f"  {line}")


if __name__ == "__main__":
    main()
