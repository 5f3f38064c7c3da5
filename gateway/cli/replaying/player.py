"""Asks both sides of a map the same requests, in this process, and compares as a gateway does. No port is opened.

Both sides are asked as shadows are: with `X-Shadow: 1`, and without v2's background tasks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import NoReturn

from gateway.asgi import IS_SHADOW, Message
from gateway.cli.replaying.recording import Recorded
from gateway.errors import ImportFailed
from gateway.exchange import Exchange, Headers, Request, Side
from gateway.fleet import Fleet
from gateway.judge import Judge
from gateway.mapfile.judging import judging_of
from gateway.mapfile.loaded import LoadedMap
from gateway.parity.difference import Comparison
from gateway.parity.noise import NoiseBook
from gateway.proxy.body import Body
from gateway.proxy.call import Call
from gateway.proxy.intake import take_in
from gateway.proxy.observe import observe
from gateway.proxy.relay import Relay
from gateway.routing.plan import settled_plan
from gateway.routing.route import SAFE_METHODS
from gateway.routing.table import AnySegment, Routed, RouteTable
from gateway.settings import Settings

HEAD_START = 30.0
"""Seconds that v2's startup may take: nobody waits for an answer but the person who replays."""
GRACE = 5.0
UNSAFE = "unsafe_method"
NOT_CANONICAL = "not_canonical"
"""Of a path with two readings only legacy is asked, and only while the whole route is legacy's."""


@dataclass(frozen=True, slots=True)
class Played:
    """What became of a request: what came of comparing, or why neither side was asked."""

    recorded: Recorded
    route_id: str
    comparison: Comparison | None = None
    skipped: str = ""


class Player:
    """Both sides, ready to be asked. `unsafe` also asks what writes; both sides then write.

    `noise` is what is known of where legacy differs from itself, by route: there, type and format have to suffice.
    """

    def __init__(self, loaded: LoadedMap, fleet: Fleet, noise: Mapping[str, NoiseBook], *, unsafe: bool) -> None:
        converters = {name: fleet.converters.get(name, AnySegment) for name in loaded.converters}
        self._table = RouteTable(loaded.routes, loaded.default, revision=loaded.revision, converters=converters)
        self._fleet = fleet
        self._unsafe = unsafe
        self._judge = Judge()
        self._judge.use((*loaded.routes, loaded.default), judging_of(loaded))
        for route_id, book in noise.items():
            self._judge.knows(route_id, book)

    async def play(self, recorded: Recorded) -> Played:
        """Ask legacy, then v2, and compare."""
        resolution = self._table.resolve(recorded.method, recorded.raw_path)
        if not isinstance(resolution, Routed):
            return Played(recorded, "", skipped=resolution.reason)
        if resolution.verbatim:
            return Played(recorded, resolution.route.id, skipped=NOT_CANONICAL)
        if recorded.method not in SAFE_METHODS and not self._unsafe:
            return Played(recorded, resolution.route.id, skipped=UNSAFE)
        intake = take_in(recorded.headers, new_id=recorded.where.replace(" ", "-"))
        call = Call(
            scope=_scope(recorded),
            receive=_nothing_more,
            relay=Relay(_nobody),
            intake=intake,
            routed=resolution,
            plan=settled_plan(resolution.route),
            began=perf_counter(),
            body=Body(recorded.body, ({"type": "http.request", "body": recorded.body, "more_body": False},)),
        )
        token = IS_SHADOW.set(True)
        try:
            legacy = await observe(call, Side.LEGACY, self._fleet.legacy_shadow)
            v2 = await observe(call, Side.V2, self._fleet.v2_shadow)
        finally:
            IS_SHADOW.reset(token)
        headers = Headers(tuple(intake.headers))
        request = Request(intake.request_id, recorded.method, resolution.path, recorded.query, headers, recorded.body)
        exchange = Exchange(request, resolution.route.id, legacy, v2)
        return Played(recorded, resolution.route.id, self._judge.compare(resolution.route, exchange))


@asynccontextmanager
async def playing(
    loaded: LoadedMap, settings: Settings, noise: Mapping[str, NoiseBook], *, unsafe: bool
) -> AsyncIterator[Player]:
    """Both sides of a map, started and stopped. Raises ImportFailed for a side that cannot be asked."""
    fleet = Fleet(loaded.backends, settings)
    try:
        await fleet.start(head_start=HEAD_START)
        for side, trouble in fleet.troubles().items():
            raise ImportFailed(f"{side} cannot be asked: {trouble}")
        yield Player(loaded, fleet, noise, unsafe=unsafe)
    finally:
        await fleet.stop(GRACE)


def _scope(recorded: Recorded) -> dict[str, object]:
    """What a server would say of the request, from a client on this machine."""
    host = next(value.decode("latin-1") for name, value in recorded.headers if name == b"host")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "http",
        "method": recorded.method,
        "raw_path": recorded.raw_path,
        "query_string": recorded.query,
        "client": ("127.0.0.1", 0),
        "server": (host.rpartition(":")[0] or host, 80),
    }


async def _nothing_more() -> NoReturn:
    raise RuntimeError("the whole body was given")


async def _nobody(_message: Message) -> None:
    """No client waits for the answer."""
