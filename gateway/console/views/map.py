"""The map's file as it stands, and what was wrong with the version that was refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.console.views.flip import FlipView
from gateway.console.views.operated import Worker
from gateway.console.views.picture import Picture
from gateway.errors import Problem


@dataclass(frozen=True, slots=True)
class ProblemView:
    """Something wrong, or probably not meant, at a place of the text. `column` counts from 1."""

    column: int
    what: str
    hint: str
    is_error: bool
    """False for a warning: the map is in force with it."""


@dataclass(frozen=True, slots=True)
class MapLine:
    """One line of the file. `number` counts from 1."""

    number: int
    text: str
    route: str | None
    """The route, or `__default__`, that begins here."""
    problems: tuple[ProblemView, ...]

    @property
    def is_wrong(self) -> bool:
        """Whether an error is said of this line."""
        return any(one.is_error for one in self.problems)


@dataclass(frozen=True, slots=True)
class RefusedMap:
    """The version on disk that cannot be used; the one before it stays in force."""

    revision: str
    lines: tuple[MapLine, ...]
    problems: int
    unreadable: str
    """Why the file cannot even be read; there are no lines then."""


@dataclass(frozen=True, slots=True)
class WorkerView:
    """One process that answers traffic."""

    pid: int
    revision: str
    ready: bool
    force: str | None
    """The side that it sends everything to."""


@dataclass(frozen=True, slots=True)
class MapPage:
    """The map in force."""

    path: str
    revision: str
    lines: tuple[MapLine, ...]
    warnings: int
    refused: RefusedMap | None
    workers: tuple[WorkerView, ...]
    converged: bool
    """Whether every worker has this revision."""
    flips: tuple[FlipView, ...]
    """The latest first."""
    version: int


def map_page(picture: Picture, refused: RefusedMap | None) -> MapPage:
    """The page of a picture. `refused` is the version on disk, where it is not the one in force."""
    loaded = picture.loaded
    return MapPage(
        path=str(loaded.path),
        revision=loaded.revision,
        lines=lines_of(loaded.text, loaded.warnings, {line: route_id for route_id, line in loaded.lines.items()}),
        warnings=len(loaded.warnings),
        refused=refused,
        workers=worker_views(picture.workers),
        converged=picture.converged,
        flips=picture.flips,
        version=picture.version,
    )


def refused_map(revision: str, text: str, problems: tuple[Problem, ...]) -> RefusedMap:
    """A version that has problems, at least one. Text that could not be read at all is empty."""
    unreadable = "" if text else problems[0].what
    lines = lines_of(text, problems, {}, are_errors=True) if text else ()
    return RefusedMap(revision, lines, len(problems), unreadable)


def lines_of(
    text: str, problems: Iterable[Problem], routes: dict[int, str], *, are_errors: bool = False
) -> tuple[MapLine, ...]:
    """The lines of a map, with what is said of each. `routes` has what begins at a line."""
    said: dict[int, list[ProblemView]] = {}
    lines = text.split("\n")
    if lines[-1] == "" and len(lines) > 1:
        del lines[-1]
    for one in problems:
        number = min(max(one.line, 1), len(lines))  # what is missing at the end is said of the last line
        said.setdefault(number, []).append(ProblemView(one.column, one.what, one.hint, are_errors))
    return tuple(
        MapLine(number, line.rstrip("\r"), routes.get(number), tuple(said.get(number, ())))
        for number, line in enumerate(lines, start=1)
    )


def worker_views(workers: Iterable[Worker]) -> tuple[WorkerView, ...]:
    """Every worker that answers."""
    return tuple(WorkerView(one.pid, one.revision, one.ready, one.force) for one in workers)
