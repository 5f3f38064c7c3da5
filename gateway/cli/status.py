"""`gateway status`: how far the migration is."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.live import Live, Silence, ask
from gateway.cli.options import DEFAULT_MAP, Json, MapFile, Quiet
from gateway.cli.render import Output, plural
from gateway.routing.mode import Mode

if TYPE_CHECKING:
    from gateway.audit.history import FlipRecord
    from gateway.mapfile.force import Force
    from gateway.mapfile.loaded import LoadedMap

UNFINISHED = 1


def status(
    *,
    map_file: MapFile = DEFAULT_MAP,
    as_json: Json = False,
    quiet: Quiet = False,
    fail_unless_done: Annotated[
        bool,
        typer.Option("--fail-unless-done", help="Exit 1 unless every route and the default are in mode v2."),
    ] = False,
) -> None:
    """Say how far the migration is: the routes on each rung, the last flip, and what a running gateway serves."""
    from gateway.audit.history import last_flip  # noqa: PLC0415  help must be quick
    from gateway.audit.log import AuditLog  # noqa: PLC0415  the same
    from gateway.mapfile.force import read_force  # noqa: PLC0415  the same
    from gateway.mapfile.load import read_map  # noqa: PLC0415  the same

    loaded = read_map(map_file)
    found = ask(map_file)
    live = None if isinstance(found, Silence) else found
    document = _document(loaded, last_flip(AuditLog(map_file)), live, read_force(map_file))
    output = Output(quiet=quiet)
    if as_json:
        output.json(document)
    else:
        _show(document, output)
    if fail_unless_done and not document["done"]:
        raise typer.Exit(UNFINISHED)


def _document(loaded: LoadedMap, flip: FlipRecord | None, live: Live | None, force: Force | None) -> dict[str, Any]:
    from gateway.mapfile.expiry import count_rules  # noqa: PLC0415  help must be quick

    modes = Counter(route.mode for route in loaded.routes)
    total = len(loaded.routes)
    return {
        "path": str(loaded.path),
        "revision": loaded.revision,
        "routes": {"total": total, **{mode.value: modes[mode] for mode in Mode}},
        "default": loaded.default.mode.value,
        "migrated": modes[Mode.V2] / total if total else 0.0,
        "done": all(route.mode is Mode.V2 for route in (*loaded.routes, loaded.default)),
        "rules": asdict(count_rules(loaded.document, datetime.now(UTC).date())),
        "last_flip": asdict(flip) if flip else None,
        "force": force and force.document(),
        "live": _live(live, loaded.revision),
    }


def _live(live: Live | None, revision: str) -> dict[str, Any] | None:
    if live is None:
        return None
    return {
        "console": live.url,
        "revision": live.revision,
        "in_force": live.is_at(revision),
        "force": live.force,
        "workers": [dict(worker) for worker in live.workers],
    }


def _show(document: dict[str, Any], output: Output) -> None:
    routes = document["routes"]
    rungs = ", ".join(f"{mode.value} {routes[mode.value]}" for mode in Mode)
    done = "; the migration is done" if document["done"] else ""
    output.data(f"{plural(routes['total'], 'route')}: {rungs}")
    output.data(f"migrated: {document['migrated']:.0%} of the routes; the default is {document['default']}{done}")
    output.data(f"map: {document['path']}, revision {document['revision'][:12]}")
    _show_rules(document["rules"], output)
    flip = document["last_flip"]
    if flip:
        reason = f" ({flip['reason']})" if flip["reason"] else ""
        output.data(
            f"last flip: {flip['route']}, {flip['old']} -> {flip['new']}, {flip['time']} by {flip['actor']}{reason}"
        )
    if force := document["force"]:
        output.warn(
            f"the kill switch is on since {force['since']} by {force['actor']}: {force['reason']}; "
            "`gateway force off` lifts it"
        )
    _show_live(document["live"], output)


def _show_rules(rules: dict[str, int], output: Output) -> None:
    """Those that somebody has to see to."""
    words = (("over", "expired"), ("soon", "expire within two weeks"), ("without_reason", "without a reason"))
    open_ = [f"{rules[key]} {text}" for key, text in words if rules[key]]
    if open_:
        output.data(f"rules of comparison: {rules['total']}; {', '.join(open_)} (gateway check names the lines)")


def _show_live(live: dict[str, Any] | None, output: Output) -> None:
    if live is None:
        output.data("gateway: none answers for this map")
        if forced := os.environ.get("GATEWAY_FORCE"):
            output.warn(f"GATEWAY_FORCE={forced} is set here: a gateway started from here ignores the modes")
        return
    state = "serves this revision" if live["in_force"] else f"still serves revision {live['revision'][:12]}"
    output.data(f"gateway: {live['console']} {state} on {plural(len(live['workers']) or 1, 'worker')}")
    if live["force"]:
        output.warn(f"everything is sent to {live['force']} by force, whatever the modes say")
