"""`gateway serve` as a process of its own, and the command line beside it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90.0
STOP_SECONDS = 45.0


@dataclass(frozen=True)
class Running:
    """A gateway that listens. The log is complete when the process has ended."""

    process: subprocess.Popen[bytes]
    port: int
    console_port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def console_url(self) -> str:
        return f"http://127.0.0.1:{self.console_port}"

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it as an init system does; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a process of a test inherits: nothing that this machine happens to set for the gateway or the sample."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**inherited, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "PYTHONHASHSEED": "0", **(extra or {})}


def gateway(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        cwd=cwd,
        env=environment(env),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def serving(
    map_path: Path, *arguments: str, cwd: Path, log: Path, env: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """`gateway serve` on free ports, until the block ends."""
    command = [sys.executable, "-m", "gateway", "serve", "--map", str(map_path)]
    command += ["--port", "0", "--console-port", "0", "--log-format", "json", *arguments]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=cwd, env=environment(env), stdout=output, stderr=subprocess.STDOUT)
    try:
        yield _listening(process, log)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _listening(process: subprocess.Popen[bytes], log: Path) -> Running:
    deadline = time.monotonic() + START_SECONDS
    while True:
        text = log.read_text(encoding="utf-8", errors="replace")
        ports = dict(re.findall(r"^(traffic|console)\s+http://[^:]+:(\d+)", text, re.MULTILINE))
        if len(ports) == 2 and '"event":"serving"' in text:
            return Running(process, int(ports["traffic"]), int(ports["console"]), log)
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the gateway did not start (exit {process.poll()}):\n{text}")
        time.sleep(0.02)
