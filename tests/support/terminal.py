"""The command line on a terminal: a pseudo-terminal, and a process of its own."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

Watch = Callable[[subprocess.Popen[bytes], bytes], None]
"""Told of the process and of everything that it has written so far, whenever it has written more."""


def on_a_terminal(folder: Path, *arguments: str, watch: Watch | None = None, **env: str) -> tuple[int, str]:
    """The exit code, and what the command writes when both streams are a terminal."""
    leader, follower = pty.openpty()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TERM": "xterm-256color",
        "GATEWAY_CONSOLE_PORT": "1",
        **env,
    }
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "gateway", *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
    )
    os.close(follower)
    written = b""
    try:
        while True:
            try:
                part = os.read(leader, 65536)
            except OSError:  # Linux says EIO when the last writer is gone
                break
            if not part:
                break
            written += part
            if watch is not None:
                watch(process, written)
        return process.wait(30), written.decode()
    finally:
        os.close(leader)
        if process.poll() is None:
            process.kill()
            process.wait()
