"""One worker process: `python -m gateway.server.worker CONTROL LISTENER CELLS`, started by the supervisor only.

A fresh interpreter, not a fork: nothing of the supervisor's threads, locks or files is shared. The three arguments are
file descriptors: the control socket, whose first line is the settings; the door's listening socket; the cells.
"""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import asdict
from pathlib import Path

from gateway.app import Gateway
from gateway.backends.load import fix_import_path
from gateway.errors import GatewayError
from gateway.mapfile.force import word_of
from gateway.server.control import READY, ControlEnd
from gateway.server.explain import explain
from gateway.server.process import ServingProcess
from gateway.settings import Settings
from gateway.telemetry.cells import Cells
from gateway.telemetry.telemetry import Telemetry


def main(arguments: list[str]) -> int:
    """Serve until the supervisor says otherwise or is gone. Returns the exit code."""
    control_fd, listener_fd, cells_fd = (int(argument) for argument in arguments)
    for fd in (control_fd, listener_fd, cells_fd):
        os.set_inheritable(fd, False)  # noqa: FBT003 # the standard library's signature; for the applications' own children
    sys.path.insert(0, str(Path.cwd()))  # as the command does: applications are imported from the current directory
    fix_import_path()
    connection = socket.socket(fileno=control_fd)
    settings = Settings.model_validate_json(_first_line(connection))
    telemetry = Telemetry(settings, cells=Cells(cells_fd))
    telemetry.logs.install()
    try:
        gateway = Gateway(settings, settings.map, telemetry)
        process = ServingProcess(settings, gateway, telemetry, socket.socket(fileno=listener_fd))
        process.start()
    except GatewayError as error:
        telemetry.close()
        print(explain(error), file=sys.stderr)  # noqa: T201 # a worker has no other way to say why
        return error.exit_code
    answers = {
        "status": lambda _: _status(gateway),
        "map": lambda _: gateway.map_state(),
        "gauges": lambda _: telemetry.metrics.gauges(),
        "force": lambda word: gateway.say_force(word_of(word)),
    }
    control = ControlEnd(connection, answers, log=telemetry.log, lost=process.request_stop)
    code = process.run(started=lambda: control.say(READY))
    telemetry.close()
    return code


def _status(gateway: Gateway) -> dict[str, object]:
    readiness = gateway.readiness()
    return {"ready": readiness.ready, "checks": dict(readiness.checks), **asdict(gateway.brief())}


def _first_line(connection: socket.socket) -> bytes:
    """Byte by byte: what follows the line is not ours to take."""
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte:
            raise SystemExit(1)  # the supervisor went before it said what to do
        line += byte
    return bytes(line)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
