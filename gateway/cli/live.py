"""What a running gateway says, if there is one: its console's `/api/v1/map` and `/metrics`.

Nothing here raises because no gateway runs: it answers None instead, or why there is nothing to say.
"""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 0.5
"""Seconds for one question; the console is on this machine, or near."""

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


class Silence(Enum):
    """Why no running gateway says anything of a map."""

    NOBODY = "nothing listens at the console's address"
    LATE = "the console did not answer in time"
    PROTECTED = "the console asks for a token"
    NO_CONSOLE = "what answers there is no console"
    OTHER_MAP = "the gateway serves another map"

    @property
    def is_final(self) -> bool:
        """Whether asking again in a moment would be told the same."""
        return self not in {Silence.NOBODY, Silence.LATE}


_EVERYWHERE = frozenset({"", "0.0.0.0", "::", "localhost"})  # noqa: S104 - what a console was bound to, not a bind
_SAID: Mapping[int, Silence] = {
    http.HTTPStatus.UNAUTHORIZED: Silence.PROTECTED,
    http.HTTPStatus.FORBIDDEN: Silence.PROTECTED,
    http.HTTPStatus.INTERNAL_SERVER_ERROR: Silence.LATE,
    http.HTTPStatus.SERVICE_UNAVAILABLE: Silence.LATE,
}


def console_url(environment: Mapping[str, str] = os.environ) -> str:
    """Where the console is: GATEWAY_CONSOLE_URL, or GATEWAY_CONSOLE_HOST (loopback) at GATEWAY_CONSOLE_PORT (8081).

    A console that is bound to every address is asked on loopback.
    """
    url = environment.get("GATEWAY_CONSOLE_URL")
    if url:
        return url
    host = environment.get("GATEWAY_CONSOLE_HOST", "")
    host = "127.0.0.1" if host in _EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{host}:{environment.get('GATEWAY_CONSOLE_PORT', '8081')}"


def ask(map_file: Path, environment: Mapping[str, str] = os.environ) -> Live | Silence:
    """Ask the console which revision of `map_file` it serves, or find out why it does not say."""
    url = console_url(environment)
    answer = _map_of(url, environment)
    if isinstance(answer, Silence):
        return answer
    if not is_same_file(answer["path"], map_file):
        return Silence.OTHER_MAP
    return Live(
        url=url,
        revision=str(answer.get("revision", "")),
        workers=_objects(answer.get("workers")),
        force=answer.get("force"),
        modes={str(route.get("id")): str(route.get("mode")) for route in _objects(answer.get("routes"))},
    )


def _map_of(url: str, environment: Mapping[str, str]) -> dict[str, Any] | Silence:
    """What the console says of the map that is served; it has a `path`."""
    try:
        status, body = _told(url, "GET", "/api/v1/map", _headers(environment))
    except ConnectionRefusedError:
        return Silence.NOBODY
    except (TimeoutError, ConnectionError):  # a console that starts, or ends, at this moment
        return Silence.LATE
    except http.client.HTTPException:
        return Silence.NO_CONSOLE
    except (OSError, ValueError):
        return Silence.NOBODY
    answer = _object(body) if status == http.HTTPStatus.OK else None
    if answer is not None and "path" in answer:
        return answer
    return _SAID.get(status, Silence.NO_CONSOLE)


def metrics(environment: Mapping[str, str] = os.environ) -> str | None:
    """What the console's `/metrics` shows, as text; None when nobody answers."""
    body = _read(console_url(environment), "/metrics", environment)
    return None if body is None else body.decode("utf-8", "replace")


def look(path: str, *, seconds: float, environment: Mapping[str, str] = os.environ) -> tuple[int, bytes] | None:
    """The status and the body of what the console answers within `seconds`; None when nobody does."""
    return _answer(console_url(environment), "GET", path, _headers(environment), seconds=seconds)


def change(path: str, body: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> dict[str, Any] | None:
    """Ask the console to change something, with the operator's token; None when it does not, for whatever reason."""
    headers = {**_headers(environment), "Content-Type": "application/json"}
    answer = _exchange(console_url(environment), "POST", path, headers, json.dumps(body).encode())
    return _object(answer)


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
    try:
        return _told(url, method, path, headers, sent, seconds=seconds)
    except (OSError, ValueError, http.client.HTTPException):
        return None


def _told(
    url: str, method: str, path: str, headers: Mapping[str, str], sent: bytes | None = None, *, seconds: float = TIMEOUT
) -> tuple[int, bytes]:
    """Status and body. No proxies and no redirects: the token goes to the console alone."""
    connection = _connection(url, seconds)
    try:
        connection.request(method, urlsplit(url).path.rstrip("/") + path, sent, dict(headers))
        response = connection.getresponse()
        return response.status, response.read(MAX_ANSWER)
    finally:
        connection.close()


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
