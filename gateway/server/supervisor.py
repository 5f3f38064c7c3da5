"""Several workers behind one port: started, replaced, asked and stopped together. It answers no traffic itself.

The listening socket is bound here and shared, so connections that wait for a worker outlive it. The first worker goes
ahead: what is wrong with the map or the applications is said once, and its exit code is the supervisor's.
"""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry

from gateway.console.views import Worker
from gateway.mapfile.force import Word
from gateway.mapfile.loaded import LoadedMap
from gateway.server.inbox import STOP, Ended, Inbox, Signalled
from gateway.server.slot import Slot
from gateway.settings import Settings
from gateway.telemetry.cells import read
from gateway.telemetry.exposition import Exposition, Snapshot, merge
from gateway.telemetry.families import WORKERS
from gateway.telemetry.telemetry import Telemetry

KILL_SECONDS = 1.4
"""When, after the grace period, workers that are still there are killed; they end themselves before that."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether traffic may come, and what each check says."""

    ready: bool
    checks: dict[str, str]


class Supervisor:
    """`run` is for the main thread and returns the exit code; the rest is the console's."""

    def __init__(self, settings: Settings, telemetry: Telemetry, listener: socket.socket) -> None:
        self._log = telemetry.log
        self._grace = settings.grace
        self._listener = listener
        self._inbox = Inbox()
        self._slots = [
            Slot(settings, listener, lambda slot: self._inbox.put(Ended(slot))) for _ in range(settings.workers)
        ]
        self._asking = ThreadPoolExecutor(len(self._slots), "gateway-ask")
        self._draining = False
        self._forced: dict[str, Any] | None = None
        """What was said last in memory, for workers that were not there."""
        self.registry = CollectorRegistry()
        self.registry.register(Exposition(self._snapshot))

    def run(self, started: Callable[[], None]) -> int:
        """Serve until a signal says otherwise. `started` is called when the first worker is ready."""
        with self._inbox:
            first, *others = self._slots
            first.start()
            while not first.was_ready:
                match self._inbox.get():
                    case Signalled(number) if number in STOP:
                        return self._drain()
                    case Ended() if not first.is_alive:
                        return first.exit_code if first.exit_code > 0 else 1
                    case _:
                        continue
            for slot in others:
                slot.start()
            started()
            return self._supervise()

    # The main thread

    def _supervise(self) -> int:
        while True:
            match self._inbox.get(self._until_due()):
                case Signalled(signal.SIGHUP):
                    self.reload()
                case Signalled():
                    return self._drain()
                case Ended(who=Slot() as slot) if not slot.is_alive and slot.due is None:
                    delay = slot.backoff.died()
                    slot.due = time.monotonic() + delay
                    self._log.error("worker_died", exit_code=slot.exit_code, restart_in=delay)
                case Ended(who=Slot() as slot) if slot.was_ready and self._forced is not None:
                    self._asking.submit(slot.ask, "force", self._forced)
                case _:
                    pass
            self._start_due()

    def _until_due(self) -> float | None:
        dues = [slot.due for slot in self._slots if slot.due is not None]
        return max(0.0, min(dues) - time.monotonic()) if dues else None

    def _start_due(self) -> None:
        now = time.monotonic()
        for slot in self._slots:
            if slot.due is not None and slot.due <= now:
                slot.start()

    def _drain(self) -> int:
        self._draining = True
        self._log.info("draining", seconds=self._grace)
        self._listener.close()
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + self._grace + KILL_SECONDS
        while any(slot.is_alive for slot in self._slots):
            left = deadline - time.monotonic()
            item = self._inbox.get(max(0.0, left))
            if isinstance(item, Signalled) and item.number in STOP:
                self._signal(signal.SIGKILL)
                return 128 + item.number
            if left <= 0:
                self._log.warning("workers_killed")
                self._signal(signal.SIGKILL)
                break
        self._log.info("stopped")
        return 0

    def _signal(self, number: signal.Signals) -> None:
        for slot in self._slots:
            slot.signal(number)

    # The console

    def readiness(self) -> Readiness:
        """Ready when every worker is. A check that fails anywhere is shown with the worker that says so."""
        checks: dict[str, str] = {}
        ready = 0
        for slot, status in self._ask("status"):
            ready += bool(status["ready"])
            for name, text in status["checks"].items():
                if checks.get(name, "ok") == "ok":
                    checks[name] = text if text == "ok" else f"{text} (worker {slot.pid})"
        everybody = ready == len(self._slots)
        checks["workers"] = "ok" if everybody else f"{ready} of {len(self._slots)} are ready"
        if self._draining:
            checks["draining"] = "the gateway is shutting down"
        return Readiness(ready=everybody and not self._draining, checks=checks)

    def map_state(self) -> dict[str, Any]:
        """The map in force, as the first worker that answers has it."""
        nobody: dict[str, Any] = {"path": "", "revision": "", "force": None, "forced": None, "default": None}
        nobody |= {"problems": [], "routes": []}
        return next((state for _, state in self._ask("map")), nobody)

    def workers(self) -> tuple[Worker, ...]:
        """Every worker that answers."""
        return tuple(
            Worker(
                pid=slot.pid,
                revision=status["revision"],
                ready=status["ready"],
                force=status["force"],
                breakers=tuple(status["breakers"]),
                evidence=status["evidence"],
            )
            for slot, status in self._ask("status")
        )

    def loaded(self) -> LoadedMap | None:
        """None: the maps are in the workers."""
        return None

    @property
    def cells(self) -> tuple[int, ...]:
        """Where each worker counts; a place keeps its file, whoever holds it."""
        return tuple(slot.cells for slot in self._slots)

    def reload(self) -> None:
        """Let every worker read the map again; one that is starting is about to read it anyway."""
        for slot in self._slots:
            if slot.was_ready:
                slot.signal(signal.SIGHUP)

    def say_force(self, word: Word) -> None:
        """Force a side, or none, in every worker, and in those that start later."""
        self._forced = word.document()
        self._ask("force", self._forced)

    def _ask(self, question: str, about: Any = None) -> list[tuple[Slot, Any]]:
        """The answers of those who answer. All are asked at once: several that do not cost no more than one."""
        answers = self._asking.map(lambda slot: slot.ask(question, about), self._slots)
        return [(slot, answer) for slot, answer in zip(self._slots, answers, strict=True) if answer is not None]

    def _snapshot(self) -> Snapshot:
        gauges = [
            [((name, tuple(labels)), numbers) for (name, labels), numbers in answer]
            for _, answer in self._ask("gauges")
        ]
        alive = float(sum(slot.is_alive for slot in self._slots))
        states = {"alive": alive, "missing": len(self._slots) - alive}
        own = [((WORKERS.name, (state,)), [number]) for state, number in states.items()]
        return merge([*(read(slot.cells) for slot in self._slots), *gauges, own])
