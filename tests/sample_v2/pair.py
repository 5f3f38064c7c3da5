"""Both applications, each in a process of its own, on one database; and what their answers differ in."""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.sample import processes
from tests.sample.client import Answer, SocketClient

# Of the server, not of the application. Both servers close the connection, since the client asks for it.
NOT_COMPARED = {"date", "server", "connection"}
# Lists without an order: Flask takes the order of Allow from a set.
SETS = {"allow", "vary"}
START_TIMEOUT = 120.0  # on a machine that has much else to do


@dataclass(frozen=True)
class Pair:
    """The legacy application under gunicorn, and v2 under uvicorn."""

    legacy: SocketClient
    v2: SocketClient

    def ask(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> tuple[Answer, Answer]:
        """Both answers, legacy's first."""
        return self.legacy.request(method, target, headers, body), self.v2.request(method, target, headers, body)

    def differences(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> list[str]:
        """What differs between both answers to the same request; bodies are compared byte for byte."""
        return differences(*self.ask(method, target, headers, body))


@contextmanager
def running_pair(environ: Mapping[str, str], folder: Path, module: str = "v2.main") -> Iterator[Pair]:
    """Legacy first: it makes the database. The environment is the same for both."""
    with ExitStack() as stack:
        legacy = stack.enter_context(processes.gunicorn(environ, folder / "legacy.log"))
        yield Pair(legacy, stack.enter_context(running_v2(environ, folder / "v2.log", module)))


@contextmanager
def running_v2(environ: Mapping[str, str], log: Path, module: str = "v2.main") -> Iterator[SocketClient]:
    """v2 under uvicorn, whatever its health: the application that a `module` makes."""
    command = [sys.executable, "-m", "uvicorn", "--factory", f"{module}:create_app", "--port", "0"]
    with processes.process(command, environ, log) as running:
        deadline = time.monotonic() + START_TIMEOUT
        while not (address := re.search(r"running on http://([\d.]+):(\d+)", log.read_text())):
            if running.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"v2 did not start (exit {running.poll()}):\n{log.read_text()}")
            time.sleep(0.02)
        yield SocketClient(address[1], int(address[2]))


def differences(legacy: Answer, v2: Answer) -> list[str]:
    """One line for each difference."""
    found = []
    if legacy.status != v2.status:
        found.append(f"status {legacy.status} / {v2.status}")
    ours, theirs = _lines(legacy), _lines(v2)
    found += [f"{name}: {value} / -" for name, value in (ours - theirs).elements()]
    found += [f"{name}: - / {value}" for name, value in (theirs - ours).elements()]
    if legacy.body != v2.body:
        found.append(f"body {legacy.body[:500]!r} / {v2.body[:500]!r}")
    return found


def _lines(answer: Answer) -> Counter[tuple[str, str]]:
    lines: Counter[tuple[str, str]] = Counter()
    for name, value in answer.headers:
        name = name.lower()  # noqa: PLW2901  names are compared regardless of case
        if name in SETS:
            lines.update((name, word.strip()) for word in value.split(","))
        elif name not in NOT_COMPARED:
            lines[name, _timeless(name, value)] += 1
    return lines


def _timeless(name: str, value: str) -> str:
    """A value without the second in which it was made.

    How long an answer or a cookie lives is said by its Max-Age as well, what a session holds by its payload.
    """
    if name == "expires":
        return re.sub(r"\d\d:\d\d:\d\d GMT$", "GMT", value)
    if name != "set-cookie":
        return value
    return re.sub(r"(?<=Expires=)[^;]+|(?<=^session=)(\.?[^.;]+)\.[^;]+", r"\1", value)
