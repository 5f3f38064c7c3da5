"""`gateway` and `python -m gateway`."""

from __future__ import annotations

import os
import sys
import threading

from gateway.cli.program import program


def main() -> None:
    """Run the command line and end the process with its exit code.

    Applications are imported from the current directory, as `flask` and `uvicorn` do.
    """
    here = os.getcwd()  # noqa: PTH109  sys.path holds strings
    if sys.path[:1] != [here]:
        sys.path.insert(0, here)
    try:
        program()(prog_name="gateway")
    except SystemExit as end:
        _leave(end)
        raise


def _leave(end: SystemExit) -> None:
    """End now if the application that was imported has started threads that would keep the process alive for ever."""
    waiting = [
        thread for thread in threading.enumerate() if not thread.daemon and thread is not threading.main_thread()
    ]
    if waiting:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0 if end.code is None else end.code if isinstance(end.code, int) else 1)


if __name__ == "__main__":
    main()
