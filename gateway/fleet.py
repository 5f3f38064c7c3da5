"""The four backends of a process, built from the map: each side, and each side once more for shadows.

The bridge is the one backend that is made twice, since its threads are what a shadow must not take. The others are
asked through another entrance to the same application.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from werkzeug.routing import BaseConverter

from gateway.asgi import HOSTING, Backend, Hosting
from gateway.backends.bridge import Bridge, BridgeLimits
from gateway.backends.debugger import refuse_debugger
from gateway.backends.lifecycle import DownBackend, ManagedBackend, Phase, State
from gateway.backends.load import flask_behind, load_asgi, load_wsgi
from gateway.backends.local import LocalBackend
from gateway.errors import ImportFailed
from gateway.exchange import Side
from gateway.mapfile.loaded import AsgiBackend, Backends, BackendSpec, UrlBackend, WsgiBackend
from gateway.settings import Settings
from gateway.wrappers import proxies_of

if TYPE_CHECKING:
    from flask import Flask

SHADOW_THREADS = 4
"""Threads for shadows of legacy: as many as the shadow lane could keep busy without being seen."""

Reading = dict[tuple[str, ...], float]


@dataclass(frozen=True, slots=True)
class _Member:
    """A side: how clients and shadows ask it, and what of it has to be started, watched and stopped."""

    serving: Backend
    shadowing: Backend
    managed: ManagedBackend | None = None
    bridges: tuple[Bridge, ...] = ()
    flask: Flask | None = None
    proxies: tuple[object, ...] = ()

    @property
    def trouble(self) -> str | None:
        """Why the side cannot be asked; None when it can."""
        if self.managed is not None:
            state: State = self.managed.state
            return None if state.phase is Phase.UP else f"{state.phase}: {state.reason}"
        for bridge in self.bridges[:1]:
            stats = bridge.stats()
            if stats.stuck >= stats.limit:
                return f"all {stats.limit} threads are stuck in the application"
        return None


class Fleet:
    """Every backend of a process.

    Raises ImportFailed when legacy cannot be imported: without it there is nothing to fall back to. A v2 that cannot be
    imported is down, with the reason. `applied` is told, on any thread, of each compat switch that v2 uses.
    """

    def __init__(self, backends: Backends, settings: Settings, *, applied: Callable[[str], None] | None = None) -> None:
        legacy = _build(Side.LEGACY, backends.legacy, settings, Hosting())
        hosting = Hosting(legacy.flask, proxies=legacy.proxies)
        if applied is not None:
            hosting = replace(hosting, applied=applied)
        self._members = {Side.LEGACY: legacy}
        try:
            self._members[Side.V2] = _build(Side.V2, backends.v2, settings, hosting)
        except ImportFailed as error:
            down = DownBackend(Side.V2.value, str(error))
            self._members[Side.V2] = _Member(down, down, down)
        self.legacy, self.v2 = (self._members[side].serving for side in Side)
        self.legacy_shadow, self.v2_shadow = (self._members[side].shadowing for side in Side)

    @property
    def converters(self) -> Mapping[str, type[BaseConverter]]:
        """The legacy application's own URL converters, where they can be seen."""
        flask = self._members[Side.LEGACY].flask
        return {} if flask is None else dict(flask.url_map.converters)

    async def start(self, *, head_start: float) -> None:
        """Start what has to be started; wait `head_start` seconds at most for it to settle."""
        managed = [member.managed for member in self._members.values() if member.managed is not None]
        for backend in managed:
            await backend.start()
        settling = [
            asyncio.ensure_future(backend.settled()) for backend in managed if isinstance(backend, LocalBackend)
        ]
        if settling:
            _, late = await asyncio.wait(settling, timeout=head_start)
            for task in late:
                task.cancel()

    async def stop(self, grace: float) -> None:
        """Stop everything, side by side, within `grace` seconds and the little that each needs to let go."""
        stops: list[Callable[[], Awaitable[object]]] = []
        for member in self._members.values():
            if member.managed is not None:
                stops.append(partial(member.managed.stop, grace))
            stops.extend(partial(bridge.shutdown, grace) for bridge in member.bridges)
        await asyncio.gather(*(stop() for stop in stops))

    def troubles(self) -> dict[str, str]:
        """Side -> why it cannot be asked; only those that cannot."""
        return {side.value: trouble for side, member in self._members.items() if (trouble := member.trouble)}

    # Gauges, read on the scraping thread

    def bridge_threads(self) -> Reading:
        """Threads of the bridges that answer clients, by what they do."""
        counted: Reading = {("busy",): 0.0, ("idle",): 0.0, ("stuck",): 0.0}
        for bridge in self._serving_bridges():
            stats = bridge.stats()
            for state, number in (("busy", stats.busy), ("idle", stats.idle), ("stuck", stats.stuck)):
                counted[(state,)] += number
        return counted

    def bridge_depth(self) -> Reading:
        """Requests of clients that wait for a thread."""
        return {(): float(sum(bridge.stats().queued for bridge in self._serving_bridges()))}

    def loop_lag(self) -> Reading:
        """How late the loops of applications with a loop of their own are, in seconds."""
        return {
            (side.value,): member.managed.loop_lag()
            for side, member in self._members.items()
            if isinstance(member.managed, LocalBackend)
        }

    def _serving_bridges(self) -> list[Bridge]:
        return [member.bridges[0] for member in self._members.values() if member.bridges]


def _build(side: Side, spec: BackendSpec, settings: Settings, hosting: Hosting) -> _Member:
    match spec:
        case WsgiBackend(import_string, threads):
            application = load_wsgi(import_string)
            refuse_debugger(import_string, application)
            limits = _limits(settings, threads)
            several = settings.workers > 1
            bridge = Bridge(application, limits=limits, multiprocess=several)
            shadow = Bridge(application, limits=_limits(settings, min(threads, SHADOW_THREADS)), multiprocess=several)
            return _Member(
                bridge,
                shadow,
                bridges=(bridge, shadow),
                flask=flask_behind(application),
                proxies=proxies_of(application),
            )
        case AsgiBackend(import_string, isolation):
            local = LocalBackend(
                load_asgi(import_string), name=side.value, isolation=isolation, variables={HOSTING: hosting}
            )
            return _Member(local, local.shadow(), local)
        case UrlBackend(url):
            from gateway.backends.upstream import UpstreamBackend  # noqa: PLC0415  a tenth of the start, for few

            upstream = UpstreamBackend(url)
            return _Member(upstream, upstream, upstream)


def _limits(settings: Settings, threads: int) -> BridgeLimits:
    return BridgeLimits(
        threads=threads,
        queue=settings.bridge_queue,
        max_body=settings.max_body,
        spool_body=settings.spool_body,
        body_timeout=settings.body_timeout,
        write_timeout=settings.write_timeout,
    )
