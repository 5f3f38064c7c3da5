"""The kill switch as a gateway sees it: the file, a word said in memory where none can be written, the environment.

The latest word counts: a file that changes takes the place of what was said in memory. Without either, it is what the
process was started with.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from gateway.exchange import Side
from gateway.mapfile.force import Force, Word, force_path, read_force

LOOK_SECONDS = 0.2
"""How often the file is looked at: everything is on legacy within a second, also where no event tells of a file."""

_log = logging.getLogger(__name__)


class KillSwitch:
    """Watches one map's switch from `start` to `stop`.

    `changed` is told of each change, on the switch's own thread or on that of whoever said something. `environment` is
    what the process was started with.
    """

    def __init__(self, map_path: Path, *, environment: Side | None, changed: Callable[[Force | None], None]) -> None:
        self._map_path = map_path
        self._changed = changed
        self._started_with = None if environment is None else Force(environment, reason="GATEWAY_FORCE")
        self._lock = threading.Lock()
        self._in_file: Force | None = None
        self._said: Word | None = None
        self._unreadable = ""
        self._look_at_file()
        self._current = self._decide()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kill-switch", daemon=True)

    @property
    def current(self) -> Force | None:
        """What is forced now."""
        return self._current

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End; the thread is not waited for."""
        self._stop.set()

    def say(self, word: Word) -> None:
        """Force something, or nothing, in this process and until the file changes or the process ends.

        A word about another file than the one that is there is out of date, and not heard.
        """
        with self._lock:
            self._look_at_file()
            if self._in_file == word.over:
                self._said = word
            self._settle()

    def look(self) -> None:
        """Look at the file now."""
        with self._lock:
            before = self._in_file
            self._look_at_file()
            if self._in_file != before:
                self._said = None
            self._settle()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            try:
                self.look()
            except Exception:  # noqa: BLE001 # whoever is told fails, and the switch must go on working
                _log.exception("kill_switch_failed")

    def _look_at_file(self) -> None:
        """A file that is there and cannot be read leaves things as they are, and is said once."""
        try:
            self._in_file = read_force(self._map_path)
        except OSError as error:
            if str(error) != self._unreadable:
                self._unreadable = str(error)
                _log.error("kill_switch_unreadable: %s: %s", force_path(self._map_path), error.strerror)
        else:
            self._unreadable = ""

    def _decide(self) -> Force | None:
        if self._said is not None:
            return self._said.force
        return self._in_file if self._in_file is not None else self._started_with

    def _settle(self) -> None:
        decided = self._decide()
        if decided != self._current:
            self._current = decided
            self._changed(decided)
