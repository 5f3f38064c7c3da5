"""The composition root: everything is built here, and passed down.

    map ──> route table ──> door ──> sides: legacy (bridge), v2 (own loop), and one more of each for shadows
     └─ watcher: the next revision            └─ recorder: metrics and log

`Gateway` is one process's worth of it. `create_app` is for any ASGI server: `uvicorn --factory gateway.app:create_app`.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from werkzeug.routing import BaseConverter

from gateway.archive import Archive
from gateway.backends.load import fix_import_path
from gateway.errors import GatewayError, MapInvalid, Problem
from gateway.exchange import Side
from gateway.fleet import Fleet
from gateway.host import Host
from gateway.judge import Judge
from gateway.mapfile.expiry import expiry_times
from gateway.mapfile.force import Force, Word
from gateway.mapfile.judging import judging_of
from gateway.mapfile.load import read_map
from gateway.mapfile.loaded import LoadedMap
from gateway.mapfile.switch import KillSwitch
from gateway.mapfile.watch import MapWatcher, Reload
from gateway.proxy.breakers import serving_breakers, shadowing_breakers
from gateway.proxy.door import Door
from gateway.proxy.shadow import ShadowLane
from gateway.proxy.sides import Sides
from gateway.routing.table import AnySegment, RouteTable
from gateway.settings import Settings
from gateway.standing import Standing
from gateway.state import Brief, Readiness, map_state, readiness
from gateway.telemetry import families
from gateway.telemetry.telemetry import Telemetry

V2_HEAD_START = 5.0
"""Seconds that the first request waits for v2's startup; a v2 that needs longer is down until it is up."""
LAST_WORD = 1.0
"""Seconds that are left for shutting down when the grace period is already over."""


class Gateway:
    """One process: a map, two sides, a door.

    Raises MapInvalid for a map that cannot be used and ImportFailed for a legacy application that cannot be imported.
    A v2 that cannot be imported is down, and says why; everything else goes on.
    """

    def __init__(self, settings: Settings, map_path: Path, telemetry: Telemetry | None = None) -> None:
        loaded = read_map(map_path)
        self.telemetry = telemetry or Telemetry(settings)
        self._owns_telemetry = telemetry is None
        self._settings = settings
        self._fleet = Fleet(loaded.backends, settings, applied=self.telemetry.metrics.compat_applied)
        self._in_force = loaded
        self._refused: tuple[Problem, ...] = ()
        self._drain_began: float | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        fleet = self._fleet
        sides = Sides(fleet.legacy, fleet.v2, fleet.legacy_shadow, fleet.v2_shadow)
        self._archive = Archive(settings, map_path, on_event=self._note_event)
        self.telemetry.redact_with(self._archive.redacted)
        self._judge = Judge(
            offer=self._archive.offer, take_sample=self._archive.take_sample, on_noise=self._archive.remember
        )
        self._breakers = serving_breakers(self._note_event), shadowing_breakers(self._note_event)
        self._lane = ShadowLane(sides, self.telemetry, self._judge, breakers=self._breakers[1])
        self._switch = KillSwitch(map_path, environment=settings.force, changed=self._on_force)
        self._heeded = self._switch.current
        self.door = Door(
            self._compile(loaded).under(_side(self._heeded)),
            sides,
            self._lane,
            self.telemetry,
            new_id=_id_maker(),
            breakers=self._breakers[0],
        )
        self._watcher = MapWatcher(map_path, on_map=self._on_map, on_refused=self._on_refused, initial=loaded.revision)
        self.asgi = Host(self.door, self.lifespan)
        self._declare_gauges()
        self.telemetry.metrics.map_reloaded(Reload.LOADED)
        self._bind(loaded)

    @property
    def registry(self) -> CollectorRegistry:
        """What `/metrics` shows of this process."""
        return self.telemetry.registry

    @asynccontextmanager
    async def lifespan(self, _host: FastAPI) -> AsyncIterator[None]:
        """Start with the server and stop with it."""
        await self.start()
        try:
            yield
        finally:
            await self.stop(self._time_left())

    async def start(self) -> None:
        """Start v2, and watch the map. Returns when v2 has settled, or after its head start."""
        self._loop = asyncio.get_running_loop()
        self.telemetry.lag.watch("door", self._loop)
        self._say_force(self._switch.current)
        for problem in self._in_force.warnings:
            self.telemetry.log.warning("map_warning", message=problem.render(str(self._in_force.path)))
        self._archive.open()
        self._archive.recall((route.id for route in self._in_force.routes), self._judge.knows)
        await self._fleet.start(head_start=V2_HEAD_START)
        for name, reason in self._fleet.troubles().items():
            self.telemetry.log.error("backend_down", side=name, message=reason)
        self._watcher.start()
        self._switch.start()

    def drain(self) -> None:
        """No longer ready: the load balancer should look elsewhere. Requests are still answered."""
        if self._drain_began is None:
            self._drain_began = time.monotonic()

    async def stop(self, grace: float) -> None:
        """Let go of everything, in the order in which it was used; at most `grace` seconds and a second."""
        self.drain()
        self._switch.stop()
        self._watcher.stop()
        await self._lane.stop(min(grace, LAST_WORD))
        await self._fleet.stop(grace)
        await asyncio.to_thread(self._archive.close)
        if self._owns_telemetry:
            self.telemetry.close()

    def reload(self) -> None:
        """Look at the map now, on the watcher's thread."""
        self._watcher.reload_now()

    def say_force(self, word: Word) -> None:
        """Force a side, or none, in this process alone, where the switch's file cannot be written. On any thread."""
        self._switch.say(word)

    def readiness(self) -> Readiness:
        """Whether traffic may come."""
        draining = self._drain_began is not None
        return readiness(self._fleet.troubles(), self._switch.current, draining=draining)

    @property
    def loaded(self) -> LoadedMap:
        """The map in force."""
        return self._in_force

    def brief(self) -> Brief:
        """What is asked often. The force is the one that the door heeds: a loop that is held up has not heard yet."""
        force, states = self._heeded, self._breakers[0].states()
        breakers = tuple(sorted(labels[0] for labels, state in states.items() if state > 0))
        return Brief(
            self._in_force.revision, None if force is None else force.side.value, breakers, self._archive.trouble
        )

    def map_state(self) -> dict[str, Any]:
        """The map in force, and what was wrong with the version that was refused after it."""
        return map_state(self._in_force, self.door.table, self._heeded, self._refused)

    # The map in force

    def _compile(self, loaded: LoadedMap) -> RouteTable:
        known = self._fleet.converters
        converters: dict[str, type[BaseConverter]] = {name: known.get(name, AnySegment) for name in loaded.converters}
        return RouteTable(
            loaded.routes,
            loaded.default,
            revision=loaded.revision,
            converters=converters,
            adds_headers=loaded.headers,
        )

    def _serve_by(self, table: RouteTable, force: Force | None) -> None:
        """From here on; what is said to be in force is said after it is."""
        self.door.table = table.under(_side(force))
        self._heeded = force

    def _on_force(self, force: Force | None) -> None:
        """On any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._apply_force, force)

    def _apply_force(self, force: Force | None) -> None:
        self._serve_by(self.door.table, force)
        self._bind(self._in_force)
        self._say_force(force, lifted=force is None)

    def _say_force(self, force: Force | None, *, lifted: bool = False) -> None:
        if force is not None:
            self.telemetry.log.error("force_on", message=force.sentence(), **force.document())
        elif lifted:
            self.telemetry.log.warning("force_off", message="every route is answered as the map says")

    def _on_map(self, loaded: LoadedMap) -> None:
        """On the watcher's thread: compile there, swap on the door's loop."""
        try:
            table = self._compile(loaded)
        except (LookupError, ValueError) as error:
            # Only the application's own converters can refuse such a template, so the loader could not.
            problem = Problem(1, 1, f"a template was refused by its converter: {error}")
            raise MapInvalid(str(loaded.path), (problem,)) from error
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._put_in_force, loaded, table)

    def _put_in_force(self, loaded: LoadedMap, table: RouteTable) -> None:
        self._serve_by(table, self._switch.current)
        before, self._in_force = self._in_force, loaded
        self._refused = ()
        self._bind(loaded)
        self.telemetry.metrics.map_reloaded(Reload.LOADED)
        self.telemetry.log.info("map_loaded", revision=loaded.short_revision, routes=len(loaded.routes))
        if loaded.backends != before.backends:
            self.telemetry.log.warning(
                "backends_changed", message="`backends` was edited; it takes effect when the gateway is restarted"
            )

    def _on_refused(self, error: GatewayError) -> None:
        """On the watcher's thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._note_refusal, error)

    def _note_refusal(self, error: GatewayError) -> None:
        self._refused = error.problems if isinstance(error, MapInvalid) else (Problem(1, 1, str(error)),)
        self.telemetry.metrics.map_reloaded(Reload.REFUSED)
        self.telemetry.log.error(
            "map_refused", message=str(error), still_in_force=self._in_force.short_revision, count=len(self._refused)
        )

    def _note_event(self, event: str, message: str) -> None:
        """On any thread."""
        self.telemetry.log.warning(event, message=message)

    def _bind(self, loaded: LoadedMap) -> None:
        table = self.door.table
        routes = (*table.routes, table.default)
        self.telemetry.metrics.bind(loaded.revision, routes)
        self._judge.use(routes, judging_of(loaded))
        for breakers in self._breakers:
            breakers.keep(routes)

    def _declare_gauges(self) -> None:
        metrics, fleet, lag = self.telemetry.metrics, self._fleet, self.telemetry.lag
        standing = Standing(lambda: self._in_force, self._archive.tallies)
        metrics.gauge(families.FORCED.name, self._force_reading)
        metrics.gauge(families.BREAKER.name, lambda: self._breakers[0].states() | self._breakers[1].states())
        metrics.gauge(families.BRIDGE_THREADS.name, fleet.bridge_threads)
        metrics.gauge(families.BRIDGE_DEPTH.name, fleet.bridge_depth)
        metrics.gauge(families.MAP_REFUSED.name, lambda: {(): float(bool(self._refused))})
        metrics.gauge(families.EVIDENCE.name, self._archive.records)
        metrics.gauge(families.GATE.name, standing.gate)
        metrics.gauge(families.RULE_EXPIRY.name, lambda: expiry_times(self._in_force.document))
        metrics.gauge(families.PARITY_RATIO.name, standing.parity)
        metrics.gauge(families.LATENCY_RATIO.name, standing.latency)
        metrics.gauge(families.LOOP_LAG.name, lambda: {**lag.read(), **fleet.loop_lag()})

    def _force_reading(self) -> dict[tuple[str, ...], float]:
        force = self._switch.current
        return {(side.value,): float(force is not None and force.side is side) for side in Side}

    def _time_left(self) -> float:
        """What of the grace period is left when the server has finished draining."""
        if self._drain_began is None:
            return self._settings.grace
        return max(LAST_WORD, self._settings.grace - (time.monotonic() - self._drain_began))


def _side(force: Force | None) -> Side | None:
    return None if force is None else force.side


def _id_maker() -> Callable[[], str]:
    """Request ids: unique over processes and restarts, cheap, and in order within a process."""
    prefix = secrets.token_hex(6)
    numbers = itertools.count(1)
    return lambda: f"{prefix}-{next(numbers):x}"


def create_app() -> FastAPI:
    """The door alone, for any ASGI server. Settings come from the environment; the console is not served."""
    fix_import_path()
    settings = Settings()
    return Gateway(settings, settings.map).asgi
