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
    force_reason: str = ""
    """Why a side is forced, as whoever forced it said; `GATEWAY_FORCE` when the gateway was started with it."""

    def forces(self, side: str | None) -> bool:
        """Whether every worker sends everything to `side`; None is for as the map says."""
        return self.force == side and all(worker.get("force") == side for worker in self.workers)

    def is_at(self, revision: str) -> bool:
        """Whether every worker serves `revision`."""
        seen = [str(worker.get("revision", "")) for worker in self.workers] or [self.revision]
        return self.revision == revision and all(one == revision for one in seen)


class Unanswered(Enum):
    """What kind of silence it is."""

    NOBODY = "nothing listens at the console's address"
    UNREACHABLE = "the address cannot be asked: no such host, no TLS there, no URL"
    LATE = "the console did not answer in time, or no worker behind it did"
    UNREADABLE = "the file of the token cannot be read here"
    PROTECTED = "the console asks for a token, or for another one"
    REFUSED = "the console refuses the question"
    NO_CONSOLE = "what answers there is no console"
    OTHER_MAP = "the gateway serves another map"


_PASSING = frozenset({Unanswered.NOBODY, Unanswered.UNREACHABLE, Unanswered.LATE})


@dataclass(frozen=True, slots=True)
class Silence:
    """Why no running gateway says anything of a map. `said` is what was said instead: a path, a reason, a sentence."""

    kind: Unanswered
    said: str = ""

    @property
    def is_final(self) -> bool:
        """Whether asking again in a moment would be told the same."""
        return self.kind not in _PASSING


_EVERYWHERE = frozenset({"", "0.0.0.0", "::", "localhost"})  # noqa: S104 - what a console was bound to, not a bind
_SAYS_WHO = frozenset({http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.FORBIDDEN})


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
    if not answer["path"]:
        return Silence(Unanswered.LATE, "no worker of the gateway answers")
    if not is_same_file(answer["path"], map_file):
        return Silence(Unanswered.OTHER_MAP, str(answer["path"]))
    forced = answer.get("forced")
    return Live(
        url=url,
        revision=str(answer.get("revision", "")),
        workers=_objects(answer.get("workers")),
        force=answer.get("force"),
        modes={str(route.get("id")): str(route.get("mode")) for route in _objects(answer.get("routes"))},
        force_reason=str(forced.get("reason", "")) if isinstance(forced, dict) else "",
    )


def _map_of(url: str, environment: Mapping[str, str]) -> dict[str, Any] | Silence:
    """What the console says of the map that is served; it has a `path`."""
    try:
        _headers(environment)
    except (OSError, ValueError) as error:
        return Silence(Unanswered.UNREADABLE, str(error))
    try:
        status, body = _told(url, "GET", "/api/v1/map", environment)
    except (OSError, ValueError, http.client.HTTPException) as error:
        return _failure(error)
    answer = _object(body)
    if status == http.HTTPStatus.OK and answer is not None and "path" in answer:
        return answer
    return _refusal(status, answer or {})


def _failure(error: Exception) -> Silence:
    """Why there is no answer at all."""
    match error:
        case ConnectionRefusedError():
            return Silence(Unanswered.NOBODY)
        case TimeoutError() | ConnectionError():  # a console that starts, or ends, at this moment
            return Silence(Unanswered.LATE)
        case http.client.HTTPException():
            return Silence(Unanswered.NO_CONSOLE)
        case _:
            return Silence(Unanswered.UNREACHABLE, str(error))


def _refusal(status: int, answer: Mapping[str, Any]) -> Silence:
    """Why a console, a proxy before it or something else altogether does not say which map it serves."""
    if status in _SAYS_WHO:
        return Silence(Unanswered.PROTECTED)
    if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:  # also a proxy's, while the gateway is started again
        return Silence(Unanswered.LATE, f"{status} is answered")
    if "error" in answer and "message" in answer:  # the shape of every refusal of the console's
        return Silence(Unanswered.REFUSED, f"{status}: {answer['message']}")
    return Silence(Unanswered.NO_CONSOLE)


def metrics(environment: Mapping[str, str] = os.environ) -> str | None:
    """What the console's `/metrics` shows, as text; None when nobody answers."""
    body = _read(console_url(environment), "/metrics", environment)
    return None if body is None else body.decode("utf-8", "replace")


def look(path: str, *, seconds: float, environment: Mapping[str, str] = os.environ) -> tuple[int, bytes] | None:
    """The status and the body of what the console answers within `seconds`; None when nobody does."""
    return _answer(console_url(environment), "GET", path, environment, seconds=seconds)


def change(path: str, body: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> dict[str, Any] | None:
    """Ask the console to change something, with the operator's token; None when it does not, for whatever reason."""
    answer = _exchange(console_url(environment), "POST", path, environment, json.dumps(body).encode())
    return _object(answer)


def _object(body: bytes | None) -> dict[str, Any] | None:
    try:
        answer = None if body is None else json.loads(body)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _read(url: str, path: str, environment: Mapping[str, str]) -> bytes | None:
    return _exchange(url, "GET", path, environment)


def _exchange(
    url: str, method: str, path: str, environment: Mapping[str, str], sent: bytes | None = None
) -> bytes | None:
    """What the console answers, where it does what it was asked for."""
    answer = _answer(url, method, path, environment, sent)
    return answer[1] if answer is not None and answer[0] == http.HTTPStatus.OK else None


def _answer(
    url: str,
    method: str,
    path: str,
    environment: Mapping[str, str],
    sent: bytes | None = None,
    *,
    seconds: float = TIMEOUT,
) -> tuple[int, bytes] | None:
    try:
        return _told(url, method, path, environment, sent, seconds=seconds)
    except (OSError, ValueError, http.client.HTTPException):
        return None


def _told(
    url: str,
    method: str,
    path: str,
    environment: Mapping[str, str],
    sent: bytes | None = None,
    *,
    seconds: float = TIMEOUT,
) -> tuple[int, bytes]:
    """Status and body. No proxies and no redirects: the token goes to the console alone."""
    headers = _headers(environment) | ({} if sent is None else {"Content-Type": b"application/json"})
    connection = _connection(url, seconds)
    try:
        connection.request(method, urlsplit(url).path.rstrip("/") + path, sent, headers)
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


def sends_token(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a token is set here, so that the console is sent one."""
    return "Authorization" in _headers(environment)


def _headers(environment: Mapping[str, str]) -> dict[str, bytes]:
    """As bytes: the console reads a token as UTF-8, and `http.client` would write text as Latin-1."""
    token = _secret(environment, "GATEWAY_TOKEN") or _secret(environment, "GATEWAY_READ_TOKEN")
    return {"Accept": b"application/json"} | ({"Authorization": f"Bearer {token}".encode()} if token else {})


def _secret(environment: Mapping[str, str], name: str) -> str:
    file = environment.get(f"{name}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else environment.get(name, "")


def is_same_file(served: object, map_file: Path) -> bool:
    """Whether the path that a gateway names is this file."""
    return isinstance(served, str) and Path(served).resolve() == map_file.resolve()
