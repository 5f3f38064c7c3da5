"""Frames from a running gateway's console: the same numbers as its pages show, since they are the same answers."""

from __future__ import annotations

import json
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

from pydantic import TypeAdapter, ValidationError

from gateway.cli.live import is_same_file, look
from gateway.cli.watching.bridge import read_bridge
from gateway.cli.watching.frame import Frame
from gateway.console.views.bounds import MOST
from gateway.console.views.overview import Overview
from gateway.console.views.routes import RoutesPage, RoutesQuery
from gateway.console.views.row import RouteRow

PATIENCE = 12.0
"""Seconds for one answer: the first picture of thousands of routes takes a few."""

T = TypeVar("T")


class NoAnswer(Exception):
    """No gateway answers for this map, in a sentence."""


class ConsoleFrames:
    """Asks the console for what `asked` wants of the list."""

    def __init__(self, map_file: Path, url: str, asked: RoutesQuery) -> None:
        self._map_file = map_file
        self._url = url
        self._asked = asked
        self._is_ours = False
        self._overview, self._page = TypeAdapter(Overview), TypeAdapter(RoutesPage)

    def frame(self, most: int) -> Frame:
        """How it looks now, with `most` rows. Raises NoAnswer."""
        try:
            if not self._is_ours:
                self._require_our_map()
            self._is_ours = True
            overview = self._read(self._overview, "/api/v1/overview?hours=1")
            page, rows = self._rows(most)
            found = look("/metrics", seconds=PATIENCE)
        except NoAnswer:
            self._is_ours = False  # whoever answers next may be another
            raise
        exposition = "" if found is None else found[1].decode("utf-8", "replace")
        return Frame(overview, rows, page.found, page.total, self._url, read_bridge(exposition))

    def _require_our_map(self) -> None:
        path = _member(self._ask("/api/v1/map"), "path")
        if path is None:
            raise NoAnswer(f"what answers at {self._url} is no console of a gateway")
        if not path:
            raise NoAnswer("no worker of the gateway answers at the moment")
        if not is_same_file(path, self._map_file):
            raise NoAnswer(f"no gateway answers for this map: the one at {self._url} serves {path}")

    def _rows(self, most: int) -> tuple[RoutesPage, tuple[RouteRow, ...]]:
        rows: list[RouteRow] = []
        while True:
            asked = replace(self._asked, limit=min(max(most - len(rows), 1), MOST), offset=len(rows))
            page = self._read(self._page, f"/api/v1/routes?{_query_of(asked)}")
            rows += page.rows
            if len(rows) >= min(most, page.found) or not page.rows:
                return page, tuple(rows)

    def _read(self, adapter: TypeAdapter[T], path: str) -> T:
        try:
            return adapter.validate_json(self._ask(path))
        except ValidationError:
            raise NoAnswer(
                f"the gateway at {self._url} is of another release, and says what this one cannot read"
            ) from None

    def _ask(self, path: str) -> bytes:
        found = look(path, seconds=PATIENCE)
        if found is None:
            raise NoAnswer(f"no gateway answers for this map at {self._url}")
        status, body = found
        if status == HTTPStatus.OK:
            return body
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise NoAnswer(f"the console at {self._url} wants a token: set GATEWAY_READ_TOKEN or GATEWAY_TOKEN")
        sentence = _member(body, "message") or "no console of a gateway"
        raise NoAnswer(f"the console at {self._url} answers {status}: {sentence}")


def _query_of(asked: RoutesQuery) -> str:
    fields = {
        "q": asked.q,
        "mode": asked.mode,
        "state": asked.state,
        "cause": asked.cause,
        "sort": asked.sort,
        "order": asked.order,
        "limit": asked.limit,
        "offset": asked.offset,
    }
    return urlencode({name: str(value) for name, value in fields.items() if value not in {"", None}})


def _member(body: bytes, name: str) -> str | None:
    """A text in a JSON object; None where there is none."""
    try:
        value = json.loads(body)[name]
    except (ValueError, KeyError, TypeError):
        return None
    return value if isinstance(value, str) else None
