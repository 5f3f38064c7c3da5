"""`gateway init APP --v2 APP`: the map of an application, every route in legacy; again, what has changed since."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.options import DEFAULT_MAP, MapFile, Quiet
from gateway.cli.render import Output, plural
from gateway.errors import ImportFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flask import Flask

    from gateway.mapfile.inventory import Entry
    from gateway.mapfile.write import Written


def init(
    app: Annotated[
        str, typer.Argument(metavar="APP", help="The Flask application, as module:app or module:factory().")
    ],
    *,
    v2: Annotated[
        str,
        typer.Option("--v2", metavar="APP", help="The FastAPI application; it need not exist yet. Or its http:// URL."),
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to write; - is stdout. Default: --map.")
    ] = None,
    map_file: MapFile = DEFAULT_MAP,
    quiet: Quiet = False,
) -> None:
    """Write a map with every route of a Flask application, each answered by legacy.

    Run again, it adds the routes that are new and marks those that are gone; everything else in the file stays.
    """
    from gateway.mapfile.inventory import inventory  # noqa: PLC0415  help must be quick

    output = Output(quiet=quiet)
    target = out if out is not None else map_file
    here = target.absolute()  # the application may change the directory when it is imported
    found = inventory(_flask(app).url_map)
    if str(target) == "-":
        sys.stdout.write(_new(found.entries, app, v2).text)
    elif here.exists():
        _report_update(_update(here, target, found.entries), target, output)
        for sentence in _other_backends(here, app, v2):
            output.warn(f"{target} names {sentence}; it stays as it is")
    else:
        written = _new(found.entries, app, v2)
        with here.open("xb") as file:
            file.write(written.text.encode())
        output.say(f"{target} is written: {plural(len(written.added), 'route')}, all in legacy")
        output.note("next: gateway check, then gateway serve")
    for sentence in found.notes:
        output.warn(sentence)
    _try_v2(v2, output)


def _new(entries: Sequence[Entry], app: str, v2: str) -> Written:
    """A map that is known to load before anybody sees it."""
    from gateway.mapfile.load import parse_map  # noqa: PLC0415  help must be quick
    from gateway.mapfile.write import write_map  # noqa: PLC0415  the same

    written = write_map(entries, legacy=app, v2=v2)
    parse_map(written.text.encode(), DEFAULT_MAP)
    return written


def _update(target: Path, shown: Path, entries: Sequence[Entry]) -> Written:
    """Bring a map up to date, as the only writer of it. Problems are told of the file as it is `shown` to people."""
    from gateway.mapfile.load import read_bytes  # noqa: PLC0415  help must be quick
    from gateway.mapfile.store import exclusive, real_file, replace_file  # noqa: PLC0415  the same
    from gateway.mapfile.write import write_map  # noqa: PLC0415  the same

    file = real_file(target)
    with exclusive(file.parent):
        existing = read_bytes(target)
        written = write_map(entries, existing=existing, path=shown)
        if written.text.encode() != existing:
            replace_file(file, written.text.encode())
    return written


def _flask(app: str) -> Flask:
    """The Flask object that an import string names."""
    from gateway.backends.load import flask_behind, load_wsgi  # noqa: PLC0415  it imports Flask's world
    from gateway.cli.quiet_import import stdout_is_ours  # noqa: PLC0415  the same

    with stdout_is_ours():
        loaded = load_wsgi(app)
    flask = flask_behind(loaded)
    if flask is None:
        raise ImportFailed(f'"{app}": no Flask object was found behind {type(loaded).__name__}; name the Flask object')
    return flask


def _try_v2(v2: str, output: Output) -> None:
    """Say when v2 cannot be imported yet; a map whose routes are all in legacy works without."""
    from gateway.backends.load import load_asgi  # noqa: PLC0415  it imports FastAPI's world
    from gateway.cli.quiet_import import stdout_is_ours  # noqa: PLC0415  the same

    if v2.startswith(("http://", "https://")):
        return
    try:
        with stdout_is_ours():
            load_asgi(v2)
    except ImportFailed as failed:
        output.warn(f"v2 cannot be imported yet, which is fine while every route is in legacy: {failed}")


def _report_update(written: Written, target: Path, output: Output) -> None:
    for name in written.added:
        output.say(f"+ {name}  (new, in legacy)")
    for name in written.gone:
        output.say(f"! {name}  (gone from the application; marked, not removed)")
    if written.added or written.gone:
        output.say(f"{target}: {len(written.added)} added, {len(written.gone)} gone, {len(written.kept)} kept")
    else:
        output.say(f"{target} is up to date: {plural(len(written.kept), 'route')}")


def _other_backends(target: Path, app: str, v2: str) -> Iterator[str]:
    """A map keeps its backends: those that are not the ones that were named."""
    from gateway.mapfile.load import read_map  # noqa: PLC0415  help must be quick

    backends = read_map(target).document.backends
    for side, named, backend in (("legacy", app, backends.legacy), ("v2", v2, backends.v2)):
        kept = backend.wsgi or backend.asgi or backend.url
        if kept != named:
            yield f"{kept} as {side}, not {named}"
