"""`gateway replay FILE`: recorded requests, asked of both sides without servers."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.options import DEFAULT_MAP, Json, MapFile, Quiet
from gateway.cli.render import Output, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.cli.replaying.recording import Recorded, Recording
    from gateway.cli.replaying.results import Results
    from gateway.mapfile.loaded import LoadedMap
    from gateway.parity.noise import NoiseBook

DIFFERS = 1
SHOWN_DIFFERENCES = 3


def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .har, or one JSON object a line (.jsonl).")],
    *,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Also ask what writes: POST, PUT, PATCH, DELETE. Both sides then write.")
    ] = False,
    map_file: MapFile = DEFAULT_MAP,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Ask both sides of the map what was recorded, in this process, and compare by the map's rules.

    Exits 0 when something was compared and nothing differs, 1 otherwise, 2 for a recording or a map that cannot be
    used, 3 when a side cannot be imported.
    """
    import asyncio  # noqa: PLC0415  help must be quick

    from gateway.cli.quiet_import import stdout_is_ours  # noqa: PLC0415  the same
    from gateway.cli.replaying.recording import read_recording  # noqa: PLC0415  the same
    from gateway.mapfile.load import read_map  # noqa: PLC0415  the same

    loaded = read_map(map_file)
    recording = read_recording(file)
    with stdout_is_ours():
        results = asyncio.run(_play(loaded, recording, unsafe=unsafe, bar=not quiet and sys.stderr.isatty()))
    output = Output(quiet=quiet)
    if as_json:
        heading = {"path": str(loaded.path), "revision": loaded.revision, "file": str(file)}
        output.json(heading | results.document())
    else:
        _show(results, output)
    raise typer.Exit(0 if results.passed else DIFFERS)


async def _play(loaded: LoadedMap, recording: Recording, *, unsafe: bool, bar: bool) -> Results:
    from gateway.cli.evidence.opening import process_settings  # noqa: PLC0415  help must be quick
    from gateway.cli.replaying.player import playing  # noqa: PLC0415  the same
    from gateway.cli.replaying.results import Results  # noqa: PLC0415  the same

    results = Results(recording.left_out)
    async with playing(loaded, process_settings(), _noise(loaded), unsafe=unsafe) as player:
        for recorded in _counted(recording.requests, bar=bar):
            results.add(await player.play(recorded))
    return results


def _noise(loaded: LoadedMap) -> dict[str, NoiseBook]:
    """Where legacy is known to differ from itself, by route; nothing where no gateway has learned it."""
    from gateway.cli.evidence.noise import read_noise  # noqa: PLC0415  help must be quick
    from gateway.cli.evidence.opening import reading  # noqa: PLC0415  the same
    from gateway.errors import EvidenceError  # noqa: PLC0415  the same

    with suppress(EvidenceError), reading(loaded.path) as store:
        return read_noise(store, (route.id for route in (*loaded.routes, loaded.default)))
    return {}


def _counted(requests: list[Recorded], *, bar: bool) -> Iterable[Recorded]:
    """The requests, with a progress bar on standard error."""
    return _with_bar(requests) if bar else requests


def _with_bar(requests: list[Recorded]) -> Iterator[Recorded]:
    from rich.console import Console  # noqa: PLC0415  rich costs 50 ms
    from rich.progress import track  # noqa: PLC0415  the same

    yield from track(requests, description="replaying", console=Console(stderr=True), transient=True)


def _show(results: Results, output: Output) -> None:
    from gateway.cli.evidence.groups import show_causes  # noqa: PLC0415  help must be quick

    for group in results.groups:
        output.data(f"{group.route}: {plural(group.count, 'time')}", style="bold")
        show_causes(group.causes, group.locations, output)
        for example in group.examples:
            output.data(f"  {example.where}: {example.method} {example.target}")
            for one in example.differences[:SHOWN_DIFFERENCES]:
                place = f"{one.part} {one.location}".strip()
                output.data(f"    {place}: legacy {one.legacy or 'nothing'}, v2 {one.v2 or 'nothing'}")
    for error in results.errors:
        output.warn(f"the comparison itself failed: {error}")
    verdicts = ", ".join(f"{verdict.value} {number:,}" for verdict, number in sorted(results.verdicts.items()))
    output.say(f"{plural(results.requests, 'request')}: {verdicts or 'none was compared'}")
    if results.skipped:
        reasons = ", ".join(f"{reason} {number:,}" for reason, number in sorted(results.skipped.items()))
        output.note(f"not compared: {reasons}")
    if not results.compared:
        output.warn("nothing was compared, so this proves nothing; --unsafe asks what writes, too")
