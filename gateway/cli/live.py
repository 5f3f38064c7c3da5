"""What a running gateway says, if there is one: its console's `/api/v1/map` and `/metrics`.

A verb never fails because no gateway runs: everything here answers None instead.
"""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Callable, Mapping
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

    def forces(self, side: str | None) -> bool:
        """Whether every worker sends everything to `side`; None is for as the map says."""
        return self.force == side and all(worker.get("force") == side for worker in self.workers)

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
    if answer is None or not is_same_file(answer.get("path"), map_file):
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


def look(path: str, *, seconds: float, environment: Mapping[str, str] = os.environ) -> tuple[int, bytes] | None:
    """The status and the body of what the console answers within `seconds`; None when nobody does."""
    return _answer(console_url(environment), "GET", path, _headers(environment), seconds=seconds)


def wait_for(map_file: Path, done: Callable[[Live], bool], *, seconds: float) -> Live | None:
    """The last answer of the console, asked until it is `done` or `seconds` have passed."""
    deadline = time.monotonic() + seconds
    while True:
        live = ask(map_file)
        if live is None or done(live) or time.monotonic() >= deadline:
            return live
        time.sleep(POLL)


def change(path: str, body: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> dict[str, Any] | None:
    """Ask the console to change something, with the operator's token; None when it does not, for whatever reason."""
    headers = {**_headers(environment), "Content-Type": "application/json"}
    answer = _exchange(console_url(environment), "POST", path, headers, json.dumps(body).encode())
    return _object(answer)


def _get(url: str, path: str, environment: Mapping[str, str]) -> dict[str, Any] | None:
    """A JSON object from the console."""
    return _object(_read(url, path, environment))


def _object(body: bytes | None) -> dict[str, Any] | None:
    try:
        answer = None if body is None else json.loads(body)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _read(url: str, path: str, environment: Mapping[str, str]) -> bytes | None:
    return _exchange(url, "GET", path, _headers(environment))


def _exchange(url: str, method: str, path: str, headers: Mapping[str, str], sent: bytes | None = None) -> bytes | None:
    """What the console answers, where it does what it was asked for."""
    answer = _answer(url, method, path, headers, sent)
    return answer[1] if answer is not None and answer[0] == http.HTTPStatus.OK else None


def _answer(
    url: str, method: str, path: str, headers: Mapping[str, str], sent: bytes | None = None, *, seconds: float = TIMEOUT
) -> tuple[int, bytes] | None:
    """No proxies and no redirects: the token goes to the console alone."""
    try:
        connection = _connection(url, seconds)
        try:
            connection.request(method, urlsplit(url).path.rstrip("/") + path, sent, dict(headers))
            response = connection.getresponse()
            body = response.read(MAX_ANSWER)
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException):
        return None
    return response.status, body


def _objects(listed: object) -> tuple[Mapping[str, Any], ...]:
    return tuple(one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def _connection(url: str, seconds: float) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "127.0.0.1", parts.port, timeout=seconds)


def _headers(environment: Mapping[str, str]) -> dict[str, str]:
    token = _secret(environment, "GATEWAY_TOKEN") or _secret(environment, "GATEWAY_READ_TOKEN")
    return {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})


def _secret(environment: Mapping[str, str], name: str) -> str:
    file = environment.get(f"{name}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else environment.get(name, "")


def is_same_file(served: object, map_file: Path) -> bool:
    """Whether the path that a gateway names is this file."""
    return isinstance(served, str) and Path(served).resolve() == map_file.resolve()
