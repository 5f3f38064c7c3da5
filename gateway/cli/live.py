"""What a running gateway says, if there is one: its console's `/api/v1/map` and `/metrics`.

A verb never fails because no gateway runs: everything here answers None instead.
"""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 0.5
"""Seconds for one question; the console is on this machine, or near."""

POLL = 0.05
"""Seconds between two questions while waiting for a revision."""

MAX_ANSWER = 64 * 1024 * 1024
"""Bytes; the metrics of a thousand routes are a few million."""


@dataclass(frozen=True, slots=True)
class Live:
    """What the console said about the map that is being served."""

    url: str
    revision: str
    workers: tuple[Mapping[str, Any], ...]
    force: str | None
    modes: Mapping[str, str]
    """Route id -> the mode in force, without the default."""

    def is_at(self, revision: str) -> bool:
        """Whether every worker serves `revision`."""
        seen = [str(worker.get("revision", "")) for worker in self.workers] or [self.revision]
        return self.revision == revision and all(one == revision for one in seen)


def console_url(environment: Mapping[str, str]) -> str:
    """Where the console is: GATEWAY_CONSOLE_URL, or loopback at GATEWAY_CONSOLE_PORT (8081)."""
    port = environment.get("GATEWAY_CONSOLE_PORT", "8081")
    return environment.get("GATEWAY_CONSOLE_URL") or f"http://127.0.0.1:{port}"


def ask(map_file: Path, environment: Mapping[str, str] = os.environ) -> Live | None:
    """Ask the console which revision of `map_file` it serves; None when nobody answers, or it serves another file."""
    url = console_url(environment)
    answer = _get(url, "/api/v1/map", environment)
    if answer is None or not _is_same_file(answer.get("path"), map_file):
        return None
    return Live(
        url=url,
        revision=str(answer.get("revision", "")),
        workers=_objects(answer.get("workers")),
        force=answer.get("force"),
        modes={str(route.get("id")): str(route.get("mode")) for route in _objects(answer.get("routes"))},
    )


def metrics(environment: Mapping[str, str] = os.environ) -> str | None:
    """What the console's `/metrics` shows, as text; None when nobody answers."""
    body = _read(console_url(environment), "/metrics", environment)
    return None if body is None else body.decode("utf-8", "replace")


def wait_for(map_file: Path, revision: str, *, seconds: float) -> Live | None:
    """The last answer of the console, asked until it serves `revision` everywhere or `seconds` have passed."""
    deadline = time.monotonic() + seconds
    while True:
        live = ask(map_file)
        if live is None or live.is_at(revision) or time.monotonic() >= deadline:
            return live
        time.sleep(POLL)


def _get(url: str, path: str, environment: Mapping[str, str]) -> dict[str, Any] | None:
    """A JSON object from the console."""
    body = _read(url, path, environment)
    try:
        answer = None if body is None else json.loads(body)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _read(url: str, path: str, environment: Mapping[str, str]) -> bytes | None:
    """What the console answers. No proxies and no redirects: the token goes to the console alone."""
    try:
        connection = _connection(url)
        try:
            connection.request("GET", urlsplit(url).path.rstrip("/") + path, headers=_headers(environment))
            response = connection.getresponse()
            body = response.read(MAX_ANSWER)
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException):
        return None
    return body if response.status == http.HTTPStatus.OK else None


def _objects(listed: object) -> tuple[Mapping[str, Any], ...]:
    return tuple(one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def _connection(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "127.0.0.1", parts.port, timeout=TIMEOUT)


def _headers(environment: Mapping[str, str]) -> dict[str, str]:
    token = environment.get("GATEWAY_TOKEN", "")
    if file := environment.get("GATEWAY_TOKEN_FILE"):
        token = Path(file).read_text(encoding="utf-8").strip()
    return {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})


def _is_same_file(served: object, map_file: Path) -> bool:
    return isinstance(served, str) and Path(served).resolve() == map_file.resolve()
