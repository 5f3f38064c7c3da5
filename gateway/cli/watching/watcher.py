"""Looks at a migration again and again: at its gateway while one answers, else at what there is without one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gateway.cli.evidence.opening import process_settings
from gateway.cli.live import console_url
from gateway.cli.watching.alone import FramesAlone
from gateway.cli.watching.console import ConsoleFrames, NoAnswer
from gateway.cli.watching.frame import Frame
from gateway.console.views.routes import RoutesQuery
from gateway.errors import MapInvalid
from gateway.evidence.opening import evidence_url


class Watcher:
    """Makes frames of what `asked` wants of the list. `environment` says where the console is, `clock` what time."""

    def __init__(
        self, map_file: Path, asked: RoutesQuery, environment: dict[str, str], clock: Callable[[], str]
    ) -> None:
        self._console = ConsoleFrames(map_file, console_url(environment), asked)
        self._alone = FramesAlone(map_file, evidence_url(process_settings().evidence, map_file), asked)
        self._clock = clock
        self._last: Frame | None = None
        self._answered = ""

    def frame(self, most: int) -> Frame:
        """How it looks now, with `most` rows. Raises MapInvalid when nothing could ever be shown."""
        try:
            frame = self._console.frame(most)
            self._answered = self._clock()
        except NoAnswer as error:
            since = f"; one answered until {self._answered}" if self._answered else ""
            frame = self._without(most, f"{error}{since}")
        self._last = frame
        return frame

    def close(self) -> None:
        """Let go of the store."""
        self._alone.close()

    def _without(self, most: int, trouble: str) -> Frame:
        try:
            return self._alone.frame(most, trouble)
        except MapInvalid as error:
            if self._last is None:
                raise
            problem = error.problems[0].render(error.path)
            return replace(
                self._last, console=None, bridge=None, trouble=f"{trouble}; the map cannot be used: {problem}"
            )
