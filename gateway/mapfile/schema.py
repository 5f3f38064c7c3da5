"""The map as it is written: every key, its type and its meaning. `docs/map.md` is the same for people.

These models say what is well formed; what fits together across keys is checked in `meaning.py`. The descriptions are
also what an editor shows, through `migration_map.schema.json`.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from gateway.mapfile.block import Block
from gateway.mapfile.compare import Compare
from gateway.mapfile.units import BadValue
from gateway.mapfile.values import (
    AnyMode,
    Duration,
    ImportString,
    Loose,
    Methods,
    Percent,
    Ratio,
    RouteId,
    Size,
    StickyKey,
    Template,
    Trigger,
    Url,
)
from gateway.routing.mode import Mode


class Backend(Block):
    """Where a side runs: exactly one of `wsgi`, `asgi` and `url`."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["wsgi"]}, {"required": ["asgi"]}, {"required": ["url"]}]},
    )

    wsgi: ImportString | None = None
    """A WSGI application (Flask), as `module:attribute` or `module:factory()`."""
    asgi: ImportString | None = None
    """An ASGI application (FastAPI), as `module:attribute` or `module:factory()`."""
    url: Url | None = None
    """A server that is running elsewhere: scheme, host and port."""
    threads: Annotated[int, Field(ge=1, le=1000)] = 40
    """How many requests a WSGI application answers at a time; with `wsgi` only."""
    isolation: Literal["thread", "inline"] = "thread"
    """`thread`: an event loop of its own. `inline`: the front door's loop, faster, unprotected. With `asgi` only."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [name for name in ("wsgi", "asgi", "url") if getattr(self, name) is not None]
        if len(kinds) != 1:
            found = " and ".join(f"`{name}`" for name in kinds) or "none"
            raise BadValue(
                f"a backend is one of `wsgi`, `asgi` and `url`; here is {found}", "keep or write one of them"
            )
        for option, kind in (("threads", "wsgi"), ("isolation", "asgi")):
            if option in self.model_fields_set and kinds != [kind]:
                raise BadValue(f"`{option}` is an option of `{kind}`, not of `{kinds[0]}`", f"delete `{option}`")
        return self


class Backends(Block):
    """The two implementations."""

    legacy: Backend
    """The Flask application that is being migrated."""
    v2: Backend
    """Its FastAPI rewrite."""


class Shadow(Block):
    """When and how the other side is asked in the background."""

    sample: Percent | None = None
    """The part of the requests that is compared. Default: 100%."""
    timeout: Duration | None = None
    """How long the other side may take. Default: 5s."""
    methods: Methods | None = None
    """Methods that are compared. Naming one that writes means that it is done twice. Default: [GET, HEAD]."""
    max_body: Size | None = None
    """Requests and answers with a larger body are not compared. Default: 256KiB."""


class Canary(Block):
    """Which clients v2 answers."""

    percent: Annotated[float, Field(ge=0, le=100)] | None = None
    """How many of a hundred clients, from 0 to 100."""
    sticky: StickyKey | None = None
    """What keeps a client on its side: `client` (its address), `cookie:NAME` or `header:NAME`. Default: client."""


class Fallback(Block):
    """When legacy answers in v2's place: before the first byte, and for GET and HEAD only once v2 was asked."""

    on: Annotated[tuple[Trigger, ...], Loose]
    """What v2 does then: `exception`, `timeout`, `5xx`. An empty list turns a default off."""


class Gate(Block):
    """What a route must show before it may move up."""

    parity: Percent | None = None
    """The least parity. Default: 99.9%."""
    confidence: Percent | None = None
    """How sure of it. Default: 95%."""
    latency: Ratio | None = None
    """The most that v2's p95 may be, as a multiple of legacy's. Default: 1.2."""


class Policies(Block):
    """What the defaults and every route may say."""

    timeout: Duration | None = None
    """How long a side may take to its first byte. Default: 30s."""
    shadow: Shadow | None = None
    """The comparison in the background. Giving it keeps comparing in `canary` and `v2` too."""
    canary: Canary | None = None
    """Which clients v2 answers in mode `canary`."""
    fallback: Fallback | None = None
    """When legacy answers in v2's place."""
    compare: Compare | None = None
    """What counts as equal."""
    gate: Gate | None = None
    """What is needed to move up."""


class Defaults(Policies):
    """What holds for every route that does not say otherwise, and for paths that no route names."""

    mode: AnyMode = Mode.LEGACY
    """The mode of routes without one, and of paths that no route names."""
    headers: bool = False
    """Whether answers carry `X-Served-By` and a request id."""


class RouteEntry(Policies):
    """One route."""

    id: RouteId
    """Its name in commands, metrics and logs."""
    path: Template
    """Its path, in Flask's template language: `/employee/<int:id>`."""
    methods: Methods | None = None
    """Its methods; left out, every method. HEAD comes with GET."""
    mode: AnyMode | None = None
    """`legacy`, `shadow`, `canary` or `v2`. Default: that of the defaults."""


class Document(Block):
    """A migration map."""

    version: Literal[1]
    """The version of this format."""
    backends: Backends
    """Where the two sides run."""
    defaults: Defaults = Defaults()
    """What holds for every route that does not say otherwise."""
    routes: Annotated[tuple[RouteEntry, ...], Loose] = ()
    """The routes, in any order: the most specific path wins, as in Flask."""
