"""Reading the map: bytes -> text -> nodes -> document -> routes. All or nothing, and every problem at once.

Nothing that the map names is imported here, and nothing here belongs on an event loop: 2,000 routes take half a second.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from gateway.errors import MapInvalid, Problem
from gateway.mapfile.blame import locate, problems_of, to_python
from gateway.mapfile.loaded import LoadedMap
from gateway.mapfile.meaning import examine
from gateway.mapfile.routes import backends_of, default_route, route_of
from gateway.mapfile.salvage import all_of, salvage
from gateway.mapfile.schema import Document
from gateway.mapfile.source import MAX_BYTES, Source, decode
from gateway.mapfile.yaml import Mapping, Scalar, read_tree
from gateway.routing.route import DEFAULT_ROUTE_ID

MOST_PROBLEMS = 500

_START = "`gateway init` writes a map"


def read_map(path: Path, *, today: date | None = None) -> LoadedMap:
    """The map in a file. Raises MapInvalid, also for a file that cannot be read. Never blocks on a pipe."""
    return parse_map(read_bytes(path), path, today=today)


def read_bytes(path: Path) -> bytes:
    """The bytes of the map, one more than the limit at most. Raises MapInvalid for anything but a readable file."""
    try:
        # O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise _unreadable(path, "there is no such file", f"{_START}; --map FILE names another") from None
    except OSError as error:
        raise _unreadable(path, f"the map cannot be read: {error.strerror}", "check its owner and mode") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _unreadable(path, "this is not a regular file", "name the map itself")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, f"the map cannot be read: {error.strerror}", "check the disk") from None
    finally:
        os.close(descriptor)


def revision_of(data: bytes) -> str:
    """The name of a version of the map: SHA-256 of its bytes, in hex."""
    return sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class ParsedMap:
    """A map with the nodes of its text, for those who edit it."""

    loaded: LoadedMap
    root: Mapping
    source: Source


def parse_map(data: bytes, path: Path, *, today: date | None = None) -> LoadedMap:
    """The map in some bytes; `path` is for messages. Raises MapInvalid with every problem, in the order of the file.

    `today` decides which rules have expired; it defaults to the day in UTC.
    """
    return parse_nodes(data, path, today=today).loaded


def parse_nodes(data: bytes, path: Path, *, today: date | None = None) -> ParsedMap:
    """As `parse_map`, with the nodes."""
    text, refusal = decode(data)
    if refusal is not None:
        raise MapInvalid(str(path), (refusal,))
    source = Source(text)
    root, problems = _tree(source)
    if root is None:
        raise MapInvalid(str(path), _sorted(problems))
    doubtful: list[Problem] = []
    written = to_python(root, source, doubtful)
    day = today or datetime.now(UTC).date()
    try:
        document = Document.model_validate(written)
    except ValidationError as error:
        parts = salvage(written, (detail["loc"] for detail in error.errors(include_url=False)))
        refused = [*problems_of(error, root, source), *examine(parts, root, source, day).problems]
        raise MapInvalid(str(path), _merged(problems, doubtful, refused)) from None
    found = examine(all_of(document), root, source, day)
    if problems or doubtful or found.problems:
        raise MapInvalid(str(path), _merged(problems, doubtful, found.problems))
    routes = tuple(route_of(entry, document.defaults) for entry in document.routes)
    lines = {entry.id: source.position(locate(root, ("routes", index)))[0] for index, entry in enumerate(routes)}
    loaded = LoadedMap(
        path=path,
        revision=revision_of(data),
        text=text,
        document=document,
        routes=routes,
        default=default_route(document.defaults),
        headers=document.defaults.headers,
        backends=backends_of(document),
        warnings=_sorted(found.warnings),
        notes=_sorted(found.notes),
        converters=found.converters,
        lines={DEFAULT_ROUTE_ID: source.position(locate(root, ("defaults",), key=True))[0], **lines},
    )
    return ParsedMap(loaded, root, source)


def _tree(source: Source) -> tuple[Mapping | None, list[Problem]]:
    tree = read_tree(source)
    root, problems = tree.root, tree.problems
    if problems and root is None:
        return None, problems
    if root is None or (isinstance(root, Scalar) and not root.text):
        return None, [*problems, Problem(1, 1, "the map is empty", f"{_START} from a Flask application")]
    if not isinstance(root, Mapping):
        kind = "one word" if isinstance(root, Scalar) else "a list"
        problem = source.problem(root.start, f"the map is {kind}", "it begins with `version: 1`")
        return None, [*problems, problem]
    return root, problems


def _merged(of_yaml: list[Problem], doubtful: list[Problem], of_map: list[Problem]) -> tuple[Problem, ...]:
    """All of them; one voice for each place.

    What YAML refuses, the schema need not refuse again. Of a doubtful value the schema knows better what to write.
    """
    hints = {(problem.line, problem.column): problem for problem in reversed(of_map)}
    better = [
        replace(problem, hint=other.hint, route=other.route)
        if (other := hints.get((problem.line, problem.column))) is not None
        else problem
        for problem in doubtful
    ]
    said = [*of_yaml, *better]
    places = {(problem.line, problem.column) for problem in said}
    return _sorted([*said, *(problem for problem in of_map if (problem.line, problem.column) not in places)])


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    """In the order of the file, as many as anybody reads."""
    ordered = sorted(problems, key=lambda problem: (problem.line, problem.column))
    if len(ordered) <= MOST_PROBLEMS:
        return tuple(ordered)
    rest = ordered[MOST_PROBLEMS - 1]
    more = replace(
        rest, what=f"{len(ordered) - MOST_PROBLEMS + 1} more problems from here on", hint="begin with those above"
    )
    return (*ordered[: MOST_PROBLEMS - 1], more)


def _unreadable(path: Path, what: str, hint: str) -> MapInvalid:
    return MapInvalid(str(path), (Problem(1, 1, what, hint),))
