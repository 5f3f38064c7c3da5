"""`gateway scaffold ROUTE...`: a FastAPI stub for legacy routes, and its parity test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.options import DEFAULT_MAP, MapFile, Quiet, complete_route
from gateway.cli.quiet_import import stdout_is_ours
from gateway.cli.render import Output, plural
from gateway.errors import EvidenceError, ImportFailed, RecordingInvalid

if TYPE_CHECKING:
    from gateway.evidence.store import EvidenceStore
    from gateway.scaffold.making import Made
    from gateway.scaffold.observations import Seen


def scaffold(  # noqa: PLR0917  Typer's parameters are options
    routes: Annotated[
        list[str] | None,
        typer.Argument(metavar="ROUTE...", help="Ids of the map.", autocompletion=complete_route, show_default=False),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every route of the map.")] = False,
    output_file: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write; standard output without.")
    ] = None,
    tests: Annotated[
        Path | None, typer.Option("--tests", metavar="FILE", help="Write a parity test, too; needs --output.")
    ] = None,
    recorded: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Recorded requests, as `gateway replay` reads them. The answers of a HAR are taken; of other files, "
            "legacy is asked again what only reads.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files.")] = False,
    map_file: MapFile = DEFAULT_MAP,
    quiet: Quiet = False,
) -> None:
    """Write a FastAPI router for legacy routes: parameters, models and compat switches; the bodies are yours.

    What was not understood is said on standard error. Exits 3 when legacy cannot be imported.
    """
    output = Output(quiet=quiet)
    if bool(routes) == every:
        raise typer.BadParameter("name routes, or --all")
    output_file = None if output_file == Path("-") else output_file
    module = "routes" if output_file is None else _module(output_file, Path.cwd())
    _refuse(output_file, tests, module, force=force)
    # The application may change the directory when it is imported.
    file, tests_file = (None if one is None else one.absolute() for one in (output_file, tests))
    made = _made(list(routes or ()), map_file, recorded, (file, tests_file, module))
    if file is None:
        sys.stdout.write(made.module)
    else:
        _write(file, made.module)
        output.say(f"{output_file}: {plural(len(made.stubs), 'function')}, each body marked and to be written")
    if tests_file is not None:
        _write(tests_file, made.tests)
        output.say(
            f"{tests}: asks both sides the same, and fails for what is not written yet: python -m pytest {tests}"
        )
    for sentence in _puzzles(made):
        output.warn(sentence)
    if output_file is not None:
        output.say(f"where v2 is made: bind(app) of gateway.compat.legacy, and app.include_router({module}.router)")


def _refuse(output_file: Path | None, tests: Path | None, module: str, *, force: bool) -> None:
    """Raise BadParameter for files that cannot be written, or not be imported by the test."""
    if tests is not None and output_file is None:
        raise typer.BadParameter("--tests needs --output FILE: the test imports that module")
    if tests is not None and not all(part.isidentifier() for part in module.split(".")):
        raise typer.BadParameter(f"{output_file} cannot be imported as {module}: give it a name that Python can import")
    for file in (output_file, tests):
        if file is not None and file.exists() and not force:
            raise typer.BadParameter(f"{file} exists; it may hold what people wrote. --force overwrites it")


def _puzzles(made: Made) -> Iterator[str]:
    """What was not understood, each sentence once: with its route and place, or with how many routes it is about."""
    places = {stub.route_id: f"{stub.view.path}:{stub.view.line}: " for stub in made.stubs if stub.view.path}
    routes: dict[str, dict[str, None]] = {}
    for route_id, sentences in made.puzzles.items():
        for sentence in sentences:
            routes.setdefault(sentence, {})[route_id] = None
    for sentence, ids in routes.items():
        first, *others = ids
        if others:
            yield f"{len(ids)} routes: {sentence} ({first} and {len(others)} more)"
        else:
            yield f"{places.get(first, '')}{first}: {sentence}"
    if any(stub.form for stub in made.stubs) and find_spec("python_multipart") is None:
        yield "FastAPI reads forms with python-multipart, which is not installed here: pip install python-multipart"
    if not made.is_formatted:
        yield "neither ruff nor black is installed here: the text is laid out as it came"


def _made(ids: list[str], map_file: Path, recorded: Path | None, written: tuple[Path | None, Path | None, str]) -> Made:
    from gateway.backends.load import flask_behind, load_wsgi  # noqa: PLC0415  it imports Flask's world
    from gateway.mapfile.load import read_map  # noqa: PLC0415  help must be quick
    from gateway.scaffold.making import Source, Target, legacy_of, make, make_all  # noqa: PLC0415  the same

    loaded = read_map(map_file)
    legacy = legacy_of(loaded)
    root = Path.cwd()
    map_file = map_file.absolute()
    recorded = None if recorded is None else recorded.absolute()
    with stdout_is_ours(), ExitStack() as stack:
        evidence = _evidence(map_file, stack)  # the settings name files, which are looked for from here
        application = load_wsgi(legacy)
        flask = flask_behind(application)
        if flask is None:
            raise ImportFailed(f"no Flask object was found behind {legacy}: there are no views to read")
        seen = list(_seen(recorded, application)) if recorded is not None else []
        source = Source(flask, legacy, root, seen, evidence)
        file, tests, module = written
        target = Target(file or root / "routes.py", tests or root / "test_routes.py", module)
        return make(loaded, ids, source, target) if ids else make_all(loaded, source, target)


def _seen(path: Path, application: object) -> Iterator[Seen]:
    from gateway.cli.replaying.recording import read_recording  # noqa: PLC0415  needed with --from only
    from gateway.scaffold.observations import of_har, of_legacy  # noqa: PLC0415  the same

    recording = read_recording(path)
    if path.suffix.lower() == ".har":
        try:
            yield from of_har(path)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RecordingInvalid(f"{path}: its answers cannot be read: {error}") from None
        return
    asked = (
        (one.method, one.target, [(name.decode("latin-1"), value.decode("latin-1")) for name, value in one.headers])
        for one in recording.requests
    )
    yield from of_legacy(application, asked)


def _evidence(map_file: Path, stack: ExitStack) -> EvidenceStore | None:
    """The evidence beside the map, open as long as the stack; None when there is none to read."""
    from gateway.cli.evidence.opening import reading  # noqa: PLC0415  SQLAlchemy takes a third of a second

    try:
        return stack.enter_context(reading(map_file))
    except EvidenceError:
        return None


def _module(path: Path, root: Path) -> str:
    """The dotted name of a file below the current directory; of one that is elsewhere, its own."""
    whole = path.resolve()
    relative = whole.relative_to(root) if whole.is_relative_to(root) else Path(whole.name)
    parts = relative.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
