"""`gateway show ID`: one mismatch, both answers side by side."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.options import DEFAULT_MAP, Json, MapFile, Quiet
from gateway.cli.render import Output, moment

if TYPE_CHECKING:
    from rich.table import Table

    from gateway.evidence.exhibit.sides import Line
    from gateway.evidence.sample import Sample
    from gateway.parity.difference import Difference

MOST_DIFFERENCES = 20


def show(
    sample_id: Annotated[str, typer.Argument(metavar="ID", help="A sample's id; `gateway mismatches` lists them.")],
    *,
    curl: Annotated[
        bool, typer.Option("--curl", help="Print a curl command that asks the front door the same, and nothing else.")
    ] = False,
    map_file: MapFile = DEFAULT_MAP,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show the request of a mismatch and both answers: what differs is marked, with its cause and its fix."""
    from gateway.cli.evidence.opening import reading  # noqa: PLC0415  help must be quick
    from gateway.cli.sample.document import sample_document  # noqa: PLC0415  the same
    from gateway.mapfile.load import read_map  # noqa: PLC0415  the same

    if curl and as_json:
        raise typer.BadParameter("--curl prints a command and --json a document; give one of them")
    read_map(map_file)
    with reading(map_file) as store:
        sample = store.get(sample_id)
    if sample is None:
        raise typer.BadParameter(f"there is no sample {sample_id!r}, or it was let go; `gateway mismatches` lists them")
    output = Output(quiet=quiet)
    if as_json:
        output.json(sample_document(sample))
    elif curl:
        _print_curl(sample, output)
    else:
        _show(sample, output)


def _print_curl(sample: Sample, output: Output) -> None:
    from gateway.cli.evidence.opening import process_settings  # noqa: PLC0415  needed here only
    from gateway.evidence.exhibit.curl import curl_for, reachable  # noqa: PLC0415  the same

    settings = process_settings()
    found = curl_for(sample.request, f"http://{reachable(settings.host)}:{settings.port}")
    output.data(found.command)
    if found.missing:
        output.warn(f"this is not what the client sent, put in your own: {', '.join(found.missing)}")


def _show(sample: Sample, output: Output) -> None:
    from gateway.cli.evidence.causes import Causes  # noqa: PLC0415  help must be quick
    from gateway.evidence.exhibit.sides import body_lines, lines_of  # noqa: PLC0415  the same

    request = sample.request
    query = f"?{request.query}" if request.query else ""
    output.data(f"{sample.id}  {sample.route}  {moment(sample.time)}", style="bold")
    output.data(f"{request.method} {request.path}{query}")
    for name, value in request.headers:
        output.data(f"  {name}: {value}")
    if request.body.length != 0:
        for line in body_lines(request.body):
            output.data(f"  {line}")
    output.data()
    causes = Causes()
    for name in sample.causes:
        for line in causes.lines(name):
            output.data(line, style="yellow")
        _list([one for one in sample.differences if one.cause == name and one.excused_by is None], output)
    _list([one for one in sample.differences if one.excused_by is not None], output)
    output.data()
    lines = lines_of(sample)
    if output.is_terminal:
        output.draw(_side_by_side(lines))
    else:
        _one_below_the_other(lines, output)


def _list(differences: list[Difference], output: Output) -> None:
    for one in differences[:MOST_DIFFERENCES]:
        place = f"{one.part} {one.location}".strip()
        excused = f" (excused: {one.excused_by})" if one.excused_by is not None else ""
        note = f" ({one.note})" if one.note else ""
        output.data(f"  {place} {one.kind}: legacy {one.legacy or 'nothing'}, v2 {one.v2 or 'nothing'}{excused}{note}")
    if len(differences) > MOST_DIFFERENCES:
        output.data(f"  and {len(differences) - MOST_DIFFERENCES} more")


def _side_by_side(lines: list[Line]) -> Table:
    """Two columns; what differs has a mark between them, so that it is seen without colour, too."""
    from rich.table import Table  # noqa: PLC0415  rich costs 50 ms
    from rich.text import Text  # noqa: PLC0415  the same

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0), expand=True)
    table.add_column("legacy", ratio=1, overflow="fold")
    table.add_column("", width=1)
    table.add_column("v2", ratio=1, overflow="fold")
    for line in lines:
        table.add_row(
            Text(line.legacy or "", style="red" if line.differs else ""),
            Text("≠" if line.differs else "", style="bold yellow"),
            Text(line.v2 or "", style="green" if line.differs else ""),
        )
    return table


def _one_below_the_other(lines: list[Line], output: Output) -> None:
    """As a diff: `-` is legacy's, `+` is v2's, neither is both's; `<` and `>` are unequal and do not count."""
    output.data("--- legacy")
    output.data("+++ v2")
    for _, run in groupby(lines, key=lambda line: (line.differs, line.legacy == line.v2)):
        held = list(run)
        if held[0].legacy == held[0].v2:
            for line in held:
                output.data(f" {line.legacy}")
            continue
        ours, theirs = "-+" if held[0].differs else "<>"
        for mark, side in ((ours, [line.legacy for line in held]), (theirs, [line.v2 for line in held])):
            for text in side:
                if text is not None:
                    output.data(f"{mark}{text}")
