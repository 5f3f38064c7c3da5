"""What the local servers have in common: a port, an event loop, and a line that says where they are."""

from __future__ import annotations

import argparse
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette


def parser(description: str) -> argparse.ArgumentParser:
    """A command line with `--host` and `--port` (0: any free one)."""
    arguments = argparse.ArgumentParser(description=description)
    arguments.add_argument("--host", default="127.0.0.1")
    arguments.add_argument("--port", type=int, default=0)
    return arguments


def serve(create: Callable[[Any], Starlette], options: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT; prints the address, once connections are accepted."""
    listener = socket.create_server((options.host, options.port))
    host, port = listener.getsockname()[:2]
    print(f"listening on http://{host}:{port}", flush=True)
    config = uvicorn.Config(create(options), log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listener])
