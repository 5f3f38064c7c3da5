"""What one call of an ASGI application was given and what it sent, written down by a middleware around it.

One JSON file for each call, named by the request's `x-probe` header. Nothing is changed on the way: every message that
passes is passed on as it is.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

FOLDER = "TRANSCRIPTS"
"""The environment variable that names the folder."""
PROBE = b"x-probe"


@dataclass
class Transcript:
    """`receives` and `sends` are in the order in which they ended; one that was cancelled is not there.

    A receive is (type, bytes of body, more_body) and whether the answer was complete by then; a send is its type, its
    status or body, and how it ended. `end` is `returned`, or the type of what was raised.
    """

    receives: list[tuple[str, int, bool, bool]] = field(default_factory=list)
    sends: list[tuple[str, str, bool, str]] = field(default_factory=list)
    end: str = ""
    events: list[str] = field(default_factory=list)
    asgi: dict[str, str] = field(default_factory=dict)
    """The versions of the specification, by which frameworks decide how they notice that a client leaves."""

    @property
    def uploaded(self) -> int:
        """Bytes of the request's body that the application was given."""
        return sum(size for _, size, _, _ in self.receives)

    @property
    def request_ends(self) -> int:
        """How often the application was told that the request is complete. Once, or never if it did not ask."""
        return sum(kind == "http.request" and not more for kind, _, more, _ in self.receives)

    @property
    def left_early(self) -> bool:
        """Whether the application was told that the client is gone before its answer was complete."""
        return any(kind == "http.disconnect" and not complete for kind, _, _, complete in self.receives)


class Recorded:
    """The application, and a transcript of each of its calls."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Record a request; the lifespan goes past."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        transcript = Transcript(asgi=dict(scope["asgi"]))
        complete = False

        async def receiving() -> Any:
            message = await receive()
            body = message.get("body", b"")
            transcript.receives.append((message["type"], len(body), message.get("more_body", False), complete))
            return message

        async def sending(message: Any) -> None:
            nonlocal complete
            said = _said(message)
            more = bool(message.get("more_body", False))
            try:
                await send(message)
            except Exception as error:
                transcript.sends.append((message["type"], said, more, _kind(error)))
                raise
            transcript.sends.append((message["type"], said, more, "passed"))
            complete = complete or (message["type"] == "http.response.body" and not more)

        probe = probe_of(scope)
        try:
            await self._app(scope, receiving, sending)
            transcript.end = "returned"
        except BaseException as error:
            transcript.end = type(error).__name__ if not isinstance(error, RuntimeError) else "RuntimeError"
            raise
        finally:
            _write(probe, transcript)


def probe_of(scope: Any) -> str:
    """The name that the test gave to this request."""
    return dict(scope["headers"]).get(PROBE, b"none").decode()


def note(probe: str, event: str) -> None:
    """Something that the application did, such as a commit."""
    with (_folder() / f"{probe}.events").open("a", encoding="utf-8") as file:
        file.write(f"{event}\n")


def events(folder: Path, probe: str) -> list[str]:
    """What the application has noted so far."""
    file = folder / f"{probe}.events"
    return file.read_text(encoding="utf-8").split() if file.exists() else []


def read(folder: Path, probe: str) -> Transcript | None:
    """The transcript of a call that has ended; None until then."""
    file = folder / f"{probe}.json"
    if not file.exists():
        return None
    data = json.loads(file.read_text(encoding="utf-8"))
    return Transcript(
        [tuple(one) for one in data["receives"]],
        [tuple(one) for one in data["sends"]],
        data["end"],
        events(folder, probe),
        data["asgi"],
    )


def _write(probe: str, transcript: Transcript) -> None:
    whole, part = (_folder() / f"{probe}{suffix}" for suffix in (".json", ".part"))
    part.write_text(json.dumps(asdict(transcript)), encoding="utf-8")
    part.replace(whole)


def _folder() -> Path:
    return Path(os.environ[FOLDER])


def _said(message: Any) -> str:
    if "status" in message:
        lines = [(name.decode(), value.decode()) for name, value in message.get("headers", ())]
        kept = [(name, re.sub(r"boundary=\w+", "boundary=", value)) for name, value in lines if name != "expires"]
        return json.dumps([message["status"], sorted(kept)])
    # The boundary of several ranges is drawn anew for each answer.
    body = re.sub(rb"^--[0-9a-f]{26}", b"--", bytes(message.get("body", b"")), flags=re.MULTILINE)
    return f"{len(body)} {blake2b(body, digest_size=8).hexdigest()}"


def _kind(error: Exception) -> str:
    """As an application would catch it: what servers raise in `send` is a RuntimeError or an OSError."""
    return next(kind.__name__ for kind in (OSError, RuntimeError, Exception) if isinstance(error, kind))
