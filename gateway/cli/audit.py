"""`gateway audit show|verify`: who changed what, and whether that log is whole."""

from __future__ import annotations

from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.options import DEFAULT_MAP, Json, MapFile, Quiet
from gateway.cli.render import Output, plural

if TYPE_CHECKING:
    from gateway.audit.chain import Report
    from gateway.audit.entry import Act, Entry
    from gateway.audit.log import AuditLog

BROKEN = 1


class What(StrEnum):
    """What can be asked of the log."""

    SHOW = "show"
    VERIFY = "verify"


def audit(
    what: Annotated[What, typer.Argument(metavar="WHAT", help="show or verify.")],
    *,
    route: Annotated[
        str | None, typer.Option("--route", metavar="ROUTE", help="show: only what was done to this route.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="show: how many, the latest first.")] = 20,
    head: Annotated[
        list[str] | None,
        typer.Option("--head", metavar="HASH", help="verify: a hash that was noted earlier; it must be there still."),
    ] = None,
    map_file: MapFile = DEFAULT_MAP,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show the latest changes of the map, or check that no line of their log was changed, removed or moved.

    `verify` exits 1 and names each line that is wrong. A log that was written anew from end to end, its head included,
    looks whole: note the head that `verify` prints somewhere else, and give it to a later one with --head.
    """
    from gateway.audit.log import AuditLog  # noqa: PLC0415  help must be quick

    log, output = AuditLog(map_file), Output(quiet=quiet)
    if what is What.SHOW:
        _show(log, route, limit, output, as_json=as_json)
    else:
        _verify(log, head or [], output, as_json=as_json)


def _show(log: AuditLog, route: str | None, limit: int, output: Output, *, as_json: bool) -> None:
    from gateway.audit.history import settled  # noqa: PLC0415  help must be quick

    found = (one for one in settled(log.newest_first()) if route is None or one[0].act.route == route)
    acts = list(islice(found, limit))
    if as_json:
        output.json({"path": str(log.path), "entries": [_document(entry, outcome) for entry, outcome in acts]})
        return
    rows = [_cells(entry, outcome) for entry, outcome in acts]
    output.table(("TIME", "WHO", "WHAT", "ROUTE", "FROM", "TO", "OUTCOME", "REASON"), rows)


def _document(entry: Entry, outcome: str) -> dict[str, Any]:
    return {**entry.document(), "outcome": outcome}


def _cells(entry: Entry, outcome: str) -> tuple[str, ...]:
    act = entry.act
    forced = " (forced)" if act.forced else ""
    old, new = told(act)
    return entry.time, f"{act.actor}, {act.source}", act.action.value, act.route, old, new, outcome + forced, act.reason


def told(act: Act) -> tuple[str, str]:
    """What an act went from and to, in a word or two."""
    return _told(act.old), _told(act.new)


def _told(what: Any) -> str:
    if "mode" in what:
        return str(what["mode"]) if what.get("percent") is None else f"{what['mode']} {what['percent']:g}%"
    return str(what.get("at") or what.get("header") or what.get("side") or "-")


def _verify(log: AuditLog, noted: list[str], output: Output, *, as_json: bool) -> None:
    report = log.verify(*noted)
    if as_json:
        output.json(_report(report, log))
    else:
        for finding in report.findings:
            output.data(f"{log.path}:{finding.line}: {finding.fault}: {finding.sentence}")
        _summary(report, log, output)
    if not report.holds:
        raise typer.Exit(BROKEN)


def _report(report: Report, log: AuditLog) -> dict[str, Any]:
    return {
        "path": str(log.path),
        "whole": report.holds,
        "entries": report.entries,
        "head": report.head and {"seq": report.head.seq, "hash": report.head.hash},
        "findings": [{"line": one.line, "fault": one.fault.value, "sentence": one.sentence} for one in report.findings],
        "open": [entry.document() for entry in report.open],
    }


def _summary(report: Report, log: AuditLog, output: Output) -> None:
    for entry in report.open:
        output.note(
            f"entry {entry.seq} ({entry.act.action} of {entry.act.route}, {entry.time}) was begun and never ended: "
            f"{_came_of(entry, log)}"
        )
    lines = plural(report.entries, "line")
    if report.holds:
        head = "" if report.head is None else f"; head {report.head.seq} {report.head.hash}"
        output.data(f"{lines}, each following from the one before{head}")
    else:
        output.data(f"{lines}, and {plural(len(report.findings), 'fault')}")


def _came_of(entry: Entry, log: AuditLog) -> str:
    """The map is replaced in one step, so its revision says what came of an interrupted change."""
    from gateway.changes.transaction import came_of  # noqa: PLC0415  help must be quick
    from gateway.errors import MapInvalid  # noqa: PLC0415  the same
    from gateway.mapfile.load import read_bytes, revision_of  # noqa: PLC0415  the same

    try:
        revision = revision_of(read_bytes(log.map_path))
    except MapInvalid:
        return "its writer was interrupted; the map cannot be read, so whether it was made is not known"
    return came_of(entry, revision)[1]
