"""A gateway as users run it: a process of its own, on free ports, in a folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.support.wire import eventually

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90.0

LEGACY = """
import os, threading, time
from flask import Flask, Response, request

app = Flask(__name__)
never = threading.Event()


@app.get("/hello")
def hello():
    return "legacy"


@app.get("/pid")
def pid():
    return str(os.getpid())


@app.get("/slow/<float:seconds>")
def slow(seconds):
    time.sleep(seconds)
    return "slow"


@app.get("/stuck")
def stuck():
    never.wait()


@app.post("/upload")
def upload():
    return str(len(request.get_data()))


@app.get("/sse")
def sse():
    def events():
        while True:
            yield "data: tick\\n\\n"
            time.sleep(0.05)
    return Response(events(), mimetype="text/event-stream")


@app.get("/large")
def large():
    return Response((b"x" * 65536 for _ in range(1024)), mimetype="application/octet-stream")
"""

V2 = """
import asyncio
import os
from contextlib import asynccontextmanager
from fastapi import FastAPI


def note(word):
    if "LIFE" in os.environ:
        with open(os.environ["LIFE"], "a") as file:
            file.write(f"{word} {os.getpid()}\\n")


@asynccontextmanager
async def lifespan(app):
    note("startup")
    yield
    note("shutdown")


app = FastAPI(lifespan=lifespan)


@app.get("/hello")
async def hello():
    return "v2"


@app.get("/shadowed")
async def shadowed():
    await asyncio.sleep(3600)
"""

MAP = """
version: 1
backends:
  legacy: {wsgi: "old:app", threads: 12}
  v2: {asgi: "new:app"}
defaults:
  shadow: {timeout: 3600s}
routes:
  - {id: hello, path: /hello, mode: legacy}
  - {id: shadowed, path: /shadowed, mode: shadow}
"""


def write_site(folder: Path, *, legacy: str = LEGACY, v2: str = V2, text: str = MAP) -> Path:
    """Two applications and a map in `folder`; the map's path."""
    (folder / "old.py").write_text(legacy, encoding="utf-8")
    (folder / "new.py").write_text(v2, encoding="utf-8")
    path = folder / "migration_map.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "gateway", "serve", "--port", "0", "--console-port", "0", *options]


def environment(**settings: object) -> dict[str, str]:
    """The parent's without its settings of ours, and with these; a name in capitals is taken as it is."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GATEWAY_")}
    ours = {name if name.isupper() else f"GATEWAY_{name.upper()}": str(value) for name, value in settings.items()}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **ours}


@dataclass
class Running:
    """A gateway that said where it listens. `log` reads what it wrote to standard error so far."""

    process: subprocess.Popen[str]
    traffic: str
    console: str
    errors: Path
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=15, trust_env=False))

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.traffic.removeprefix("http://").rpartition(":")
        return host, int(port)

    def get(self, path: str) -> httpx.Response:
        return self.http.get(self.traffic + path)

    def ready(self) -> httpx.Response:
        return self.http.get(self.console + "/readyz")

    def map(self) -> dict[str, Any]:
        return self.http.get(self.console + "/api/v1/map").json()

    def workers(self) -> list[int]:
        return [worker["pid"] for worker in self.map()["workers"]]

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples with these labels."""
        families = text_string_to_metric_families(self.http.get(self.console + "/metrics").text)
        samples = [sample for family in families for sample in family.samples if sample.name == name]
        return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.errors.read_text(encoding="utf-8").splitlines()]

    def events(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.log() if line["event"] == event]

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self, seconds: float) -> int:
        """The exit code; fails when it does not end within `seconds`."""
        return self.process.wait(seconds)


@contextmanager
def running(folder: Path, *options: str, wait_until_ready: bool = True, **settings: object) -> Iterator[Running]:
    """A gateway that serves the map in `folder`. It is killed at the end if it is still there, workers included."""
    errors = folder / "log" / "stderr"
    errors.parent.mkdir(exist_ok=True)
    with errors.open("w") as stderr:
        process = subprocess.Popen(
            command(*options),
            cwd=folder,
            env=environment(**settings),
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    watchdog = threading.Timer(START_SECONDS, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline().split() for _ in range(2)]
        watchdog.cancel()
        assert all(lines), f"it did not start: {errors.read_text(encoding='utf-8')}"
        gateway = Running(process, lines[0][1], lines[1][1], errors)
        if wait_until_ready:
            eventually(lambda: gateway.ready().status_code == 200, "readiness", seconds=START_SECONDS)
        with contextlib.closing(gateway.http):
            yield gateway
    finally:
        watchdog.cancel()
        children = children_of(process.pid)
        process.kill()
        process.wait()
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert process.stdout is not None
        process.stdout.close()


def children_of(pid: int) -> list[int]:
    """The processes whose parent is `pid`."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(stat.parent.name))
    return found


def is_alive(pid: int) -> bool:
    """Whether there is such a process, zombies apart."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
