"""The harness of the benchmarks: servers, wrk, CPU time, interleaved rounds, medians, one table.

How to use it:
    contenders = [Contender("gunicorn", lambda place: ["gunicorn", "-b", place.address, ...]), ...]
    with running(contenders, workers=1, pinned=True) as servers:
        results = in_rounds(servers, Load(path="/hello", connections=50), rounds=3)
    print_table("title", results)
    ratio(results["gateway"], results["gunicorn"])       # the median of the ratios of each round

Absolute numbers belong to the machine and to what else it does; ratios taken within one round hold. So every round
measures every contender, one after the other, and a ratio is the median of the ratios of the rounds. Requests that
failed are counted and shown: a fast error is no speed. CPU time is that of the server's whole process tree.

A machine that does other things meanwhile measures those. So each sample says what share of the machine others took
(`foreign`); with `patience` a sample is taken again, so many times, until that share is small, and the quietest counts.

`pinned` runs every server on the first core and wrk on the others, as one small container would; without, they share
the machine as the kernel likes, where the threads of one process fight for the interpreter's lock across cores.
"""

from __future__ import annotations

import contextlib
import os
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
QUIET = 0.05
"""The share of the machine that others may take from a sample that is kept at once."""
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Place:
    """Where a contender is to listen, with how many workers."""

    port: int
    workers: int

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


@dataclass(frozen=True)
class Contender:
    """A server to measure. `command` makes its command line; the first word is looked up beside this interpreter."""

    name: str
    command: Callable[[Place], Sequence[str]]
    environment: Mapping[str, str] = field(default_factory=dict)
    cwd: Path = ROOT


@dataclass(frozen=True)
class Load:
    """What wrk does: `connections` that ask for `path` as fast as they are answered, for `seconds`."""

    path: str = "/hello"
    connections: int = 50
    seconds: int = 1
    script: str = ""
    """A Lua script for wrk, for methods and bodies."""


@dataclass(frozen=True)
class Sample:
    """One measurement. Rate in requests/s, latencies in ms, `cpu` in microseconds of the server a request.

    `foreign` is the share of the machine that neither the server nor wrk had, 0 to 1.
    """

    rate: float
    p50: float
    p99: float
    cpu: float
    failed: int
    foreign: float


class Server:
    """A contender that runs, in a session of its own."""

    def __init__(self, contender: Contender, *, workers: int, pinned: bool) -> None:
        self.contender = contender
        self.name = contender.name
        self._pinned = pinned
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            self.place = Place(reserved.getsockname()[1], workers)
        command = list(contender.command(self.place))
        beside = Path(sys.executable).parent / command[0]
        command[0] = str(beside) if beside.exists() else command[0]
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the server
        self._process = subprocess.Popen(
            [*_taskset("0" if pinned else ""), *command],
            cwd=contender.cwd,
            env={**os.environ, "PYTHONPATH": str(ROOT), **contender.environment},
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def wait(self, path: str) -> None:
        """Until it answers."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError, urllib.error.HTTPError):
                urllib.request.urlopen(f"http://{self.place.address}{path}", timeout=2).read()
                return
            time.sleep(0.05)
        self._log.seek(0)
        raise RuntimeError(f"{self.name} does not answer {path}:\n{self._log.read().decode()[-2000:]}")

    def cpu(self) -> float:
        """Seconds that its processes have computed, dead children included."""
        return sum(sum(map(int, fields[11:15])) for fields in self._family()) / _TICKS

    def memory(self) -> int:
        """Resident bytes of its processes."""
        return sum(int(fields[21]) for fields in self._family()) * os.sysconf("SC_PAGE_SIZE")

    def _family(self) -> list[list[str]]:
        """What `/proc` says of its process and of all that descend from it: a worker may have a session of its own."""
        everybody: dict[int, list[str]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                everybody[int(stat.parent.name)] = stat.read_text().rpartition(")")[2].split()
        family = {self._process.pid}
        while more := {pid for pid, fields in everybody.items() if int(fields[1]) in family} - family:
            family |= more
        return [everybody[pid] for pid in family if pid in everybody]

    def measure(self, load: Load) -> Sample:
        """One run of wrk."""
        before = self.cpu()
        busy, whole = _machine()
        wrk = _children()
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(load.script)
            script.flush()
            others = f"1-{(os.cpu_count() or 2) - 1}" if self._pinned else ""
            command = [*_taskset(others), "wrk", "-t1", f"-c{load.connections}", f"-d{load.seconds}s", "--latency"]
            if load.script:
                command += ["-s", script.name]
            command.append(f"http://{self.place.address}{load.path}")
            output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        server = self.cpu() - before
        busy_after, whole_after = _machine()
        foreign = (busy_after - busy) - server - (_children() - wrk)
        requests = int(_found(r"(\d+) requests in", output))
        failed = int(_found(r"Non-2xx or 3xx responses: (\d+)", output)) + sum(
            map(int, re.findall(r"(?:connect|read|write|timeout) (\d+)", output))
        )
        return Sample(
            rate=float(_found(r"Requests/sec:\s+([\d.]+)", output)),
            p50=_milliseconds(output, "50%"),
            p99=_milliseconds(output, "99%"),
            cpu=server / max(1, requests) * 1e6,
            failed=failed,
            foreign=max(0.0, foreign) / max(0.01, whole_after - whole),
        )

    def stop(self) -> None:
        """End it, and what it started."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
                break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._log.close()


@contextlib.contextmanager
def running(
    contenders: Sequence[Contender], *, workers: int = 1, pinned: bool = True, ready: str = "/hello"
) -> Iterator[list[Server]]:
    """Every contender, up and answering `ready`; idle ones cost nothing while another is measured."""
    if shutil.which("wrk") is None:
        raise RuntimeError("wrk is not installed; it is in Debian's package of that name")
    servers: list[Server] = []
    try:
        # One by one, so that those that started are stopped when another does not.
        for contender in contenders:
            servers.append(Server(contender, workers=workers, pinned=pinned))  # noqa: PERF401 - see above
        for server in servers:
            server.wait(ready)
        yield servers
    finally:
        for server in servers:
            server.stop()


def in_rounds(servers: Sequence[Server], load: Load, *, rounds: int = 3, patience: int = 0) -> dict[str, list[Sample]]:
    """Samples by name, one a round; the order turns from round to round. `patience`: see the module."""
    results: dict[str, list[Sample]] = {server.name: [] for server in servers}
    for turn in range(rounds):
        for server in [*servers[turn % len(servers) :], *servers[: turn % len(servers)]]:
            results[server.name].append(_quietest(server, load, patience))
    return results


def _quietest(server: Server, load: Load, patience: int) -> Sample:
    best = server.measure(load)
    for _ in range(patience):
        if best.foreign < QUIET:
            break
        best = min(best, server.measure(load), key=lambda sample: sample.foreign)
    return best


def ratio(of: Sequence[Sample], to: Sequence[Sample]) -> float:
    """The median of the rate's ratio, round by round."""
    return statistics.median(one.rate / other.rate for one, other in zip(of, to, strict=True))


def median(samples: Sequence[Sample], part: str) -> float:
    """The median of `rate`, `p50`, `p99`, `cpu` or `foreign`."""
    return float(statistics.median(getattr(sample, part) for sample in samples))


def print_table(title: str, results: Mapping[str, Sequence[Sample]], *, base: str) -> None:
    """One line a contender: medians, and the ratio of its rate to that of `base`."""
    print(f"\n{title}")
    print(f"  {'':24}{'req/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'us CPU':>8}  {'x ' + base:>18}{'failed':>8}{'others':>8}")
    for name, samples in results.items():
        print(
            f"  {name:24}{median(samples, 'rate'):>10,.0f}{median(samples, 'p50'):>9.1f}{median(samples, 'p99'):>9.1f}"
            f"{median(samples, 'cpu'):>8.0f}  {ratio(samples, results[base]):>18.2f}{sum(s.failed for s in samples):>8}"
            f"{median(samples, 'foreign'):>8.0%}"
        )


def _machine() -> tuple[float, float]:
    """Seconds that all cores together were busy, and that they were there."""
    fields = [int(field) for field in Path("/proc/stat").read_text().partition("\n")[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / _TICKS, sum(fields) / _TICKS


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _taskset(cores: str) -> list[str]:
    return ["taskset", "-c", cores] if cores and shutil.which("taskset") else []


def _found(pattern: str, output: str) -> str:
    found = re.search(pattern, output)
    return found[1] if found else "0"


def _milliseconds(output: str, percentile: str) -> float:
    found = re.search(rf"\b{percentile}\s+([\d.]+)(us|ms|s)\b", output)
    if found is None:
        return 0.0
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]]
