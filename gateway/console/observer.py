"""Keeps the console's picture new, behind everybody's back, and history written. One thread.

    somebody looks      a new picture every `BRISK` seconds
    nobody looks        one every minute, since minutes are counted anyway
    the map changed     whoever asks next waits for the new one, so that nobody sees a route stand where it does not

Nothing is opened or read before the first minute is over, or somebody looks.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from gateway.console.chronicle import Chronicle
from gateway.console.painter import Painter
from gateway.console.views.operated import Operated
from gateway.console.views.picture import Picture, differs
from gateway.errors import GatewayError
from gateway.evidence.opening import Notice

BRISK = 2.0
LOOKING = 30.0
"""Seconds for which somebody who asked is taken to look on."""
PATIENCE = 1.0
"""Seconds that a page waits for a picture of a map that has just come into force."""
FIRST_PATIENCE = 10.0
"""Seconds that a page waits for the very first picture."""


class Observer:
    """`start` and `stop` it; `picture` may be asked on any thread but a loop's. `failed` is told what went wrong."""

    def __init__(
        self,
        painter: Painter,
        chronicle: Chronicle,
        operated: Operated,
        *,
        failed: Notice,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._painter = painter
        self._chronicle = chronicle
        self._operated = operated
        self._failed = failed
        self._clock = clock
        self._changed = threading.Condition()
        self._stopping = False
        self._asked = 0
        self._painted = 0
        self._looked = float("-inf")
        self._again = float("-inf")
        self._picture: Picture | None = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="gateway-observer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """End, and write what was counted of the last minute, within `seconds`."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(seconds)

    @property
    def version(self) -> int:
        """The latest picture's; 0 before there is one. Does not block."""
        return 0 if self._picture is None else self._picture.version

    @property
    def latest(self) -> Picture | None:
        """The latest picture, however old. Does not block."""
        return self._picture

    def look(self) -> None:
        """Somebody looks on, for the next half minute. Does not block."""
        with self._changed:
            self._looked = time.monotonic()
            self._changed.notify_all()

    def picture(self) -> Picture:
        """The picture of the map in force, a few seconds old while somebody looks on, else a minute.

        Raises MapInvalid, or whatever the first picture failed by; GatewayError when there will be none.
        """
        known = self._picture
        self.look()
        if known is not None and self._is_in_force(known):
            return known
        with self._changed:
            self._asked += 1
            wanted = self._asked
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self._painted >= wanted or self._stopping, FIRST_PATIENCE if known is None else PATIENCE
            )
        if self._picture is None:
            raise self._error or GatewayError("the console has no picture yet; ask again in a moment")
        return self._picture

    def _is_in_force(self, known: Picture) -> bool:
        """Whether the map and the forced side are still those of the picture."""
        workers = self._operated.workers()
        return not workers or (workers[0].revision, workers[0].force) == (known.revision, known.force)

    # On the observer's thread

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._stopping and self._asked <= self._painted and self._until_due() > 0:
                    self._changed.wait(self._until_due())
                if self._stopping:
                    break
                wanted = self._asked
            self._observe(wanted)
        self._chronicle.close()

    def _until_due(self) -> float:
        """Seconds until a minute is over, or until the next picture for somebody who looks on."""
        minute = self._chronicle.until_due()
        now = time.monotonic()
        return min(minute, self._again - now) if now - self._looked < LOOKING else minute

    def _observe(self, wanted: int) -> None:
        try:
            picture = self._painter.paint(self._clock())
            self._picture = replace(picture, version=self.version + differs(self._picture, picture))
            self._error = None
        except Exception as error:  # noqa: BLE001 - whatever it was, the next one may succeed; whoever waits is told
            if repr(error) != repr(self._error):
                self._failed("console_picture_failed", repr(error))
            self._error = error
        if self._chronicle.until_due() <= 0:
            self._chronicle.write()
        with self._changed:
            self._again = time.monotonic() + BRISK
            self._painted = max(self._painted, wanted)
            self._changed.notify_all()
