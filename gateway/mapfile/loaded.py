"""A map that was read and can be used: what the operator wrote, and what runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gateway.errors import Problem
from gateway.mapfile.schema import Document
from gateway.routing.route import DEFAULT_ROUTE_ID, Route

SHORT_REVISION = 12


@dataclass(frozen=True, slots=True)
class WsgiBackend:
    """A WSGI application in this process; `threads` requests at a time."""

    import_string: str
    threads: int = 40


@dataclass(frozen=True, slots=True)
class AsgiBackend:
    """An ASGI application in this process, on a loop of its own (`thread`) or on the door's (`inline`)."""

    import_string: str
    isolation: Literal["thread", "inline"] = "thread"


@dataclass(frozen=True, slots=True)
class UrlBackend:
    """A server that runs elsewhere: `scheme://host:port`, without a slash at the end."""

    url: str


BackendSpec = WsgiBackend | AsgiBackend | UrlBackend


@dataclass(frozen=True, slots=True)
class Backends:
    """Where the two sides run."""

    legacy: BackendSpec
    v2: BackendSpec


@dataclass(frozen=True, slots=True)
class LoadedMap:
    """One revision of the map. Immutable: whoever holds it sees one version until they let go of it."""

    path: Path
    revision: str
    """SHA-256 of the bytes, in hex."""
    text: str
    document: Document
    """As it was written; `compare` and `gate` are read from here."""
    routes: tuple[Route, ...]
    """In the order of the file."""
    default: Route
    """What answers when no route matches."""
    headers: bool
    """Whether answers carry `X-Served-By` and a request id."""
    backends: Backends
    warnings: tuple[Problem, ...]
    """What is allowed but probably not meant, in the order of the file."""
    notes: tuple[Problem, ...]
    """What a person who checks the map wants to know: rules that expire soon, or say no reason. In the same order."""
    converters: Mapping[str, tuple[str, ...]]
    """Converters that werkzeug does not have -> ids of the routes that use them. The legacy application has to."""
    lines: Mapping[str, int]
    """Route id -> line, from 1."""

    def __repr__(self) -> str:
        return f"<LoadedMap {self.path} {self.short_revision} routes={len(self.routes)}>"

    @property
    def short_revision(self) -> str:
        """The part of the revision that is shown to people."""
        return self.revision[:SHORT_REVISION]

    def line_of(self, route_id: str) -> int:
        """The line where a route, or `__default__`, begins. Raises KeyError for an id that the map lacks."""
        return self.lines[route_id]

    def by_id(self, route_id: str) -> Route | None:
        """The route of that id, the default route included."""
        if route_id == DEFAULT_ROUTE_ID:
            return self.default
        return next((route for route in self.routes if route.id == route_id), None)
