"""What a recogniser may look at: the request and both answers, each part of them read once, when it is first asked for.

Whatever cannot be read is empty: a recogniser never has to fear an answer.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from gateway.exchange import Outcome, Request, Response
from gateway.parity.body import Content, content_of
from gateway.parity.coding import DecodesTooLarge
from gateway.parity.forms import Field, multipart, urlencoded
from gateway.parity.media import Media, media_of
from gateway.parity.strict import NotJson, parse

_UNPROCESSABLE = 422
_PATH_OF = re.compile(r"^[^?#]*")


class Answer:
    """One side's answer, as a recogniser reads it. `status` is 0 when there is none; `failure` says why, then.

    `raised` is what the side raised after its answer.
    """

    def __init__(self, outcome: Outcome) -> None:
        self._response = outcome if isinstance(outcome, Response) else None
        self.status = self._response.status if self._response is not None else 0
        self.failure = None if isinstance(outcome, Response) else outcome.kind
        self.raised = self._response.raised if self._response is not None else ""

    def header(self, name: str) -> str:
        """The first value; empty when there is none."""
        values = self._response.headers.get_all(name.encode()) if self._response is not None else ()
        return values[0].decode("latin-1") if values else ""

    @cached_property
    def content(self) -> Content:
        """The decoded body, empty when it was not kept."""
        nothing = Content(Media(""), b"", b"")
        if self._response is None:
            return nothing
        try:
            return content_of(self._response, self._response.body or b"")
        except DecodesTooLarge:
            return nothing

    @property
    def ok(self) -> bool:
        """A 2xx."""
        return self.status // 100 == 2  # noqa: PLR2004 - the class of success

    @property
    def body(self) -> bytes:
        """The decoded body."""
        return self.content.body

    @property
    def media(self) -> Media:
        """Its media type."""
        return self.content.media

    @cached_property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    @cached_property
    def json(self) -> Any:
        """The body of a JSON answer (`strict.py` has the types); `...` when it is none."""
        if not self.media.is_json:
            return ...
        try:
            return parse(self.body).value
        except NotJson:
            return ...

    @cached_property
    def location(self) -> str:
        """The path of Location, without its query."""
        try:
            return urlsplit(self.header("location")).path
        except ValueError:
            return ""

    @cached_property
    def complaints(self) -> list[tuple[str, tuple[str, ...], Any]]:
        """FastAPI's 422: type, location and input of each entry of `detail`."""
        refused = self.status == _UNPROCESSABLE and isinstance(self.json, dict)
        detail = self.json.get("detail") if refused else None
        return [
            (str(entry.get("type")), tuple(map(_word, entry.get("loc") or ())), entry.get("input"))
            for entry in (detail if isinstance(detail, list) else ())
            if isinstance(entry, dict) and isinstance(entry.get("loc"), list)
        ]

    def complains(self, where: str, kinds: str = "") -> bool:
        """Whether FastAPI refused something in `where` (`query`, `path`, `body`), of a type that `kinds` matches."""
        wanted = re.compile(kinds)
        return any(location[:1] == (where,) and wanted.search(kind) for kind, location, _ in self.complaints)


class Clues:
    """The request and both answers."""

    def __init__(self, request: Request, legacy: Outcome, v2: Outcome) -> None:
        self.request = request
        self.legacy = Answer(legacy)
        self.v2 = Answer(v2)

    @property
    def statuses(self) -> tuple[int, int]:
        """Legacy's and v2's; 0 for no answer."""
        return self.legacy.status, self.v2.status

    @property
    def both_ok(self) -> bool:
        """Two 2xx."""
        return self.legacy.ok and self.v2.ok

    @cached_property
    def query(self) -> list[Field]:
        """The parameters of the query."""
        return urlencoded(self.request.query)

    @cached_property
    def segments(self) -> list[str]:
        """The decoded segments of the path."""
        decoded = unquote_to_bytes(_PATH_OF.findall(self.request.path)[0]).decode(errors="replace")
        return decoded.split("/")

    @property
    def body(self) -> bytes:
        """The request's body; empty when it was not kept."""
        return self.request.body or b""

    def header(self, name: str) -> str:
        """The request's header; empty when there is none."""
        return b"; ".join(self.request.headers.get_all(name.encode())).decode("latin-1")

    @cached_property
    def media(self) -> Media:
        """The media type of the request's body."""
        return media_of(self.header("content-type").encode("latin-1"))

    @cached_property
    def form(self) -> list[Field]:
        """The fields of a form that was sent."""
        if self.media.type == "multipart/form-data":
            return multipart(self.body, self.header("content-type").encode("latin-1"))
        return urlencoded(self.body) if self.media.is_form else []

    @cached_property
    def json(self) -> Any:
        """The JSON that was sent, whatever it was called; `...` when it was none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return ...


def repeated(fields: list[Field]) -> bool:
    """Whether a name is given more than once, with values that differ."""
    values: dict[bytes, bytes] = {}
    return any(values.setdefault(field.name, field.value) != field.value for field in fields)


def _word(part: Any) -> str:
    return part.decode("ascii", "replace") if isinstance(part, bytes) else str(part)
