"""Every way in which an ASGI application is asked: by uvicorn alone, which says how it should be; by the gateway."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from tests.contract.asgi.transcript import FOLDER, Transcript, read
from tests.support.gateway_process import environment, gateway, serving

T = TypeVar("T")
APP = "tests.contract.asgi.apps:app"
LEGACY = "tests.contract.asgi.other_side:legacy"
OTHER = "tests.contract.asgi.other_side:v2"
SECONDS = 20.0

SERVED = {
    # way: which gateway, and the first part of the path, which is the route
    "thread": ("thread", "served"),
    "inline": ("inline", "served"),
    "fallback": ("thread", "fallback"),
    "compared": ("thread", "compared"),
    "url": ("url", "served"),
    "legacy": ("swapped", "served"),
}
"""v2 answers the client; `legacy` is an ASGI application on legacy's side."""
SHADOWS = {
    "shadow-thread": ("thread", "shadow"),
    "shadow-inline": ("inline", "shadow"),
    "shadow-url": ("url", "shadow"),
    "shadow-legacy": ("swapped", "shadow"),
}
"""The application is asked behind an answer of the other side."""

MAP = """\
version: 1
backends:
  legacy: {{{legacy}}}
  v2: {{{v2}}}
defaults: {{mode: {served}}}
routes:
  - {{id: fallback, path: /fallback/<path:rest>, mode: v2, fallback: {{on: [exception, timeout, 5xx]}}}}
  - {{id: compared, path: /compared/<path:rest>, mode: {served}, shadow: {{methods: {methods}, max_body: 1MiB}}}}
  - {{id: shadow, path: /shadow/<path:rest>, mode: {shadow}, shadow: {{methods: {methods}, max_body: 1MiB}}}}
"""


@dataclass(frozen=True)
class Asked:
    """A request of a case. `leave_after`: the client reads so many bytes of the answer and goes."""

    target: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    chunked: bool = False
    leave_after: int = -1

    def __str__(self) -> str:
        framing = "-chunked" if self.chunked else "-body" if self.body else ""
        return "-".join([f"{self.method}{framing}", self.target, *self.headers.values()])


@dataclass(frozen=True)
class Answered:
    """What the client got: `broken` when the answer had no end."""

    status: int
    headers: dict[str, str]
    body: bytes
    broken: bool


@dataclass
class Ways:
    """The running servers, by name, and the folder of the transcripts."""

    folder: Path
    urls: dict[str, str]
    logs: dict[str, Path]

    def ask(self, server: str, route: str, asked: Asked) -> tuple[Answered, str]:
        """Ask one server; what came, and the name of the transcript."""
        probe = uuid.uuid4().hex
        stay = None if asked.leave_after >= 0 else partial(self.transcript, probe)
        return ask(f"{self.urls[server]}/{route}/{asked.target}", asked, probe, stay), probe

    def transcript(self, probe: str) -> Transcript:
        """What the application wrote down when its call ended."""
        return until(lambda: read(self.folder, probe), f"the application's call {probe} did not end")

    def settle(self, server: str, seen: Transcript) -> None:
        """Let a gateway lose the connection that uvicorn closes, unsaid, when an application has raised.

        The request that meets the close gets a 502: a remote side is never asked twice.
        """
        if server == "url" and seen.end != "returned":
            ask(f"{self.urls[server]}/served/pure/never-asks", Asked("never-asks"), "settles")

    def replay(self, requests: list[Asked]) -> list[str]:
        """Replay all of these; the names of their transcripts."""
        probes = [uuid.uuid4().hex for _ in requests]
        file = self.folder / "requests.jsonl"
        lines = [
            {
                "method": one.method,
                "path": f"/shadow/{one.target}",
                "headers": {"host": "localhost", "x-probe": probe, **one.headers},
                "body": one.body.decode(),
            }
            for one, probe in zip(requests, probes, strict=True)
        ]
        file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        env = {FOLDER: str(self.folder)}
        done = gateway("replay", str(file), "--unsafe", "--json", "--map", "thread.yaml", cwd=self.folder, env=env)
        assert done.returncode in {0, 1}, done.stderr
        return probes


def ask(url: str, asked: Asked, probe: str, stay: Callable[[], object] | None = None) -> Answered:
    """One request on a connection of its own, which the client keeps until `stay` returns."""
    address = urlsplit(url)
    chunks = [asked.body[at : at + 10_000] for at in range(0, len(asked.body), 10_000)]
    headers = {"x-probe": probe, **asked.headers}
    if asked.chunked:
        headers["transfer-encoding"] = "chunked"
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=SECONDS)
    try:
        content = iter(chunks) if asked.chunked else asked.body or None
        connection.request(asked.method, address.path, content, headers, encode_chunked=asked.chunked)
        response = connection.getresponse()
        body, broken = b"", False
        try:
            body = response.read() if asked.leave_after < 0 else response.read(asked.leave_after)
        except (http.client.HTTPException, OSError):
            broken = True
        if stay is not None:
            stay()
        got = {name.lower(): value for name, value in response.getheaders()}
        return Answered(response.status, got, body, broken)
    finally:
        connection.close()


def until(look: Callable[[], T | None], otherwise: str) -> T:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + SECONDS
    while (found := look()) is None:
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.005)
    return found


@contextmanager
def every_way(folder: Path) -> Iterator[Ways]:
    """Start uvicorn and the gateways, each in a process of its own."""
    env = {FOLDER: str(folder), "GATEWAY_EVIDENCE": "off"}
    asgi, wsgi = f'asgi: "{APP}"', f'wsgi: "{LEGACY}"'
    with ExitStack() as stack:
        alone = stack.enter_context(uvicorn(folder, env))
        urls, logs = {"uvicorn": alone}, {}
        sides = {
            "thread": (wsgi, asgi),
            "inline": (wsgi, f"{asgi}, isolation: inline"),
            "url": (wsgi, f'url: "{alone}"'),
            "swapped": (asgi, f'asgi: "{OTHER}"'),
        }
        for name, (legacy, v2) in sides.items():
            swapped = name == "swapped"
            text = MAP.format(
                legacy=legacy,
                v2=v2,
                served="legacy" if swapped else "v2",
                shadow="v2" if swapped else "shadow",
                methods="[GET, HEAD, POST]",
            )
            path = folder / f"{name}.yaml"
            path.write_text(text, encoding="utf-8")
            running = stack.enter_context(serving(path, cwd=folder, log=folder / f"{name}.log", env=env))
            urls[name], logs[name] = running.url, running.log
        yield Ways(folder, urls, logs)


@contextmanager
def uvicorn(folder: Path, env: dict[str, str]) -> Iterator[str]:
    """The application under uvicorn, with the parser that the gateway uses; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        command = [sys.executable, "-m", "uvicorn", APP, "--fd", str(listener.fileno()), "--http", "httptools"]
        command += ["--timeout-graceful-shutdown", "1"]
        with (folder / "uvicorn.log").open("wb") as log:
            process = subprocess.Popen(
                command, env=environment(env), pass_fds=[listener.fileno()], stdout=log, stderr=subprocess.STDOUT
            )
    try:
        until(lambda: _answers(port) or None, "uvicorn did not start")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(SECONDS)
        finally:
            process.kill()
            process.wait()


def _answers(port: int) -> bool:
    try:
        return ask(f"http://127.0.0.1:{port}/alone/pure/never-asks", Asked(""), "start").status > 0
    except OSError:
        return False
