"""Starting the sample's servers as processes of their own, and ending them by their own ids."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tests.sample.client import SocketClient

ROOT = Path(__file__).resolve().parents[2]
SERVERS = Path(__file__).parent / "servers"
START_TIMEOUT = 120.0  # on a machine that has much else to do
STOP_TIMEOUT = 10.0
ALL_ON_ONE_SIDE = """\
version: 1
backends:
  legacy: {{wsgi: "legacy.app:create_app()"}}
  v2: {{asgi: "v2.main:create_app()"}}
defaults: {{mode: {side}}}
"""

T = TypeVar("T")


@contextmanager
def process(
    command: list[str], environ: Mapping[str, str], log: Path, fds: tuple[int, ...] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """A process with its output in `log`, in the project's root; terminated at the end, killed if it does not go."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    with log.open("wb") as output:
        # The hash seed decides in which order Flask's Allow header names the methods.
        running = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**inherited, "PYTHONHASHSEED": "0", "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT), **environ},
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=fds,
            start_new_session=True,
        )
        try:
            yield running
        finally:
            running.send_signal(signal.SIGTERM)
            try:
                running.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, signal.SIGKILL)
                running.wait()


@contextmanager
def local_server(name: str, log: Path, *options: str) -> Iterator[str]:
    """`servers/<name>.py`; gives its address."""
    command = [sys.executable, str(SERVERS / f"{name}.py"), *options]
    with process(command, {}, log) as running:
        yield _until(running, log, lambda: (found := re.search(r"listening on (\S+)", log.read_text())) and found[1])


@contextmanager
def gunicorn(environ: Mapping[str, str], log: Path) -> Iterator[SocketClient]:
    """The legacy application under gunicorn, as it was deployed before the migration."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
        command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}", "--worker-class", "gthread"]
        command += ["--threads", "8", "--graceful-timeout", "1", "--no-control-socket", "legacy.app:create_app()"]
        with process(command, environ, log, (listener.fileno(),)) as running:
            client = SocketClient(host, port)
            _until(running, log, lambda: _healthy(client))
            yield client


@contextmanager
def gateway(environ: Mapping[str, str], log: Path, side: str = "legacy") -> Iterator[SocketClient]:
    """Both applications behind the gateway; every path, known or not, is answered by one `side`."""
    chart = log.with_name("migration_map.yaml")
    chart.write_text(ALL_ON_ONE_SIDE.format(side=side))
    command = [sys.executable, "-m", "gateway", "serve", "--map", str(chart), "--port", "0", "--console-port", "0"]
    with process(command, {**environ, "GATEWAY_GRACE": "1"}, log) as running:
        traffic = re.compile(r"traffic +http://([^:]+):([0-9]+)")
        found = _until(running, log, lambda: traffic.search(log.read_text()))
        yield SocketClient(found[1], int(found[2]))


def _until(running: subprocess.Popen[bytes], log: Path, ready: Callable[[], T | None]) -> T:
    """What `ready` gives as soon as it is true; an error with the log when the process ends or takes too long."""
    deadline = time.monotonic() + START_TIMEOUT
    while not (found := ready()):
        if running.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{running.args} did not start (exit {running.poll()}):\n{log.read_text()}")
        time.sleep(0.02)
    return found


def _healthy(client: SocketClient) -> bool:
    try:
        return client.request("GET", "/health").status == 200
    except OSError:
        return False
