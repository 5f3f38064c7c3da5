"""`gateway serve`: everything bound, built and announced, in that order."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry

from gateway.app import Gateway
from gateway.archive import retention_of
from gateway.console.app import create_console
from gateway.console.auth import Guard
from gateway.console.context import Console
from gateway.console.lookout import look_out
from gateway.console.views import Operated, Readiness, Worker
from gateway.errors import GatewayError
from gateway.evidence.exhibit.curl import reachable
from gateway.evidence.opening import evidence_url
from gateway.mapfile.force import Word
from gateway.mapfile.loaded import LoadedMap
from gateway.server.explain import explain
from gateway.server.listener import http_config
from gateway.server.process import ServingProcess
from gateway.server.sockets import listen, url_of
from gateway.server.supervisor import Supervisor
from gateway.server.thread import ServerThread
from gateway.settings import Settings
from gateway.telemetry.telemetry import Telemetry

CONSOLE_GRACE = 0.2
"""What a question that the console is answering may take when the process ends."""
CONSOLE_CONNECTIONS = 256
"""How many connections the console takes: people, their pages' events, a few scrapers."""


def serve(settings: Settings) -> int:
    """Serve the map of the settings until SIGTERM or SIGINT. Returns the exit code.

    0 after a stop that was asked for; 2 for a map that cannot be used; 3 for an application that cannot be imported
    or an address that cannot be bound; 130 and 143 for a second signal.
    """
    telemetry = Telemetry(settings)
    telemetry.logs.install()
    try:
        return _serve(settings, telemetry)
    except GatewayError as error:
        telemetry.close()
        print(explain(error), file=sys.stderr)  # noqa: T201 # the command's answer to a person
        return error.exit_code
    finally:
        telemetry.close()


def _serve(settings: Settings, telemetry: Telemetry) -> int:
    door = listen(settings.host, settings.port, option="--port")
    console = listen(settings.console_host, settings.console_port, option="--console-port")
    urls = (("traffic", url_of(door)), ("console", url_of(console)))
    address = door.getsockname()[:2]
    announce = _Announcement(settings, telemetry, urls)
    if settings.workers > 1:
        supervisor = Supervisor(settings, telemetry, door)
        with _Console(settings, telemetry, supervisor, console, address):
            return supervisor.run(started=announce)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a reload that comes too early; the map is about to be read
    gateway = Gateway(settings, settings.map, telemetry)
    process = ServingProcess(settings, gateway, telemetry, door)
    with _Console(settings, telemetry, _Alone(gateway), console, address):
        process.start()
        return process.run(started=announce)


@dataclass(frozen=True, slots=True)
class _Alone:
    """One process, as its own console sees it."""

    gateway: Gateway

    @property
    def registry(self) -> CollectorRegistry:
        return self.gateway.registry

    def readiness(self) -> Readiness:
        return self.gateway.readiness()

    def map_state(self) -> dict[str, Any]:
        return self.gateway.map_state()

    def workers(self) -> tuple[Worker, ...]:
        brief = self.gateway.brief()
        ready = self.gateway.readiness().ready
        return (Worker(os.getpid(), brief.revision, ready, brief.force, brief.breakers, brief.evidence),)

    def loaded(self) -> LoadedMap:
        return self.gateway.loaded

    @property
    def cells(self) -> tuple[int, ...]:
        return (self.gateway.telemetry.metrics.cells,)

    def reload(self) -> None:
        self.gateway.reload()

    def say_force(self, word: Word) -> None:
        self.gateway.say_force(word)


class _Console(ServerThread):
    """The console, as long as it is entered."""

    def __init__(
        self, settings: Settings, telemetry: Telemetry, operated: Operated, listener: Any, door: tuple[str, int]
    ) -> None:
        names = frozenset(name.strip().lower() for name in settings.console_names.split(",") if name.strip())
        guard = Guard(settings.secret_token, settings.console_is_loopback, names, settings.secret_read_token)
        evidence = evidence_url(settings.evidence, settings.map)

        def notice(event: str, message: str) -> None:
            telemetry.log.warning(event, message=message)

        self._reader = look_out(
            operated,
            settings.map,
            evidence,
            retention=retention_of(settings),
            front_door=f"http://{reachable(door[0])}:{door[1]}",
            notice=notice,
        )
        app = create_console(Console(operated, guard, settings.map, self._reader, evidence, notice=notice))
        config = http_config(
            app,
            settings,
            rejected=lambda _reason: None,
            grace=CONSOLE_GRACE,
            most_connections=CONSOLE_CONNECTIONS,
        )
        super().__init__("console", config, listener)
        self._log = telemetry.log

    def __enter__(self) -> None:
        self._reader.start()
        self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._reader.stop(CONSOLE_GRACE)
        self.join(2 * CONSOLE_GRACE)


@dataclass(frozen=True, slots=True)
class _Announcement:
    """Says where the gateway listens, for a person or a script on standard output, and in the log."""

    settings: Settings
    telemetry: Telemetry
    urls: tuple[tuple[str, str], ...]

    def __call__(self) -> None:
        lines = "".join(f"{name}  {url}\n" for name, url in self.urls)
        with contextlib.suppress(OSError):  # whoever started it need not listen
            sys.stdout.write(lines)
            sys.stdout.flush()
        self.telemetry.log.info("serving", **dict(self.urls), map=str(self.settings.map), workers=self.settings.workers)
