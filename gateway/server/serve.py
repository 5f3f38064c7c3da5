"""`gateway serve`: everything bound, built and announced, in that order."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from gateway.app import Gateway
from gateway.console.api import create_console
from gateway.console.auth import Guard
from gateway.console.views import Operated, Readiness, Worker
from gateway.errors import GatewayError
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


def serve(settings: Settings, map_file: Path) -> int:
    """Serve `map_file` until SIGTERM or SIGINT. Returns the exit code.

    0 after a stop that was asked for; 2 for a map that cannot be used; 3 for an application that cannot be imported
    or an address that cannot be bound; 130 and 143 for a second signal.
    """
    settings = settings.model_copy(update={"map": map_file})
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
    announce = _Announcement(settings, telemetry, urls)
    if settings.workers > 1:
        supervisor = Supervisor(settings, telemetry, door)
        with _Console(settings, telemetry, supervisor, console):
            return supervisor.run(started=announce)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a reload that comes too early; the map is about to be read
    gateway = Gateway(settings, settings.map, telemetry)
    process = ServingProcess(settings, gateway, telemetry, door)
    with _Console(settings, telemetry, _Alone(gateway), console):
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
        revision = str(self.gateway.map_state().get("revision", ""))
        return (Worker(os.getpid(), revision, self.gateway.readiness().ready),)

    def reload(self) -> None:
        self.gateway.reload()


class _Console(ServerThread):
    """The console, as long as it is entered."""

    def __init__(self, settings: Settings, telemetry: Telemetry, operated: Operated, listener: Any) -> None:
        names = frozenset(name.strip().lower() for name in settings.console_names.split(",") if name.strip())
        guard = Guard(settings.secret_token, settings.console_is_loopback, names)
        app = create_console(operated, guard)
        config = http_config(app, settings, rejected=lambda _reason: None, grace=CONSOLE_GRACE)
        super().__init__("console", config, listener)
        self._log = telemetry.log

    def __enter__(self) -> None:
        self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
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
