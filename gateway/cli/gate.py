"""`gateway gate [ROUTE]`: may it move up, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.options import DEFAULT_MAP, Json, MapFile, Quiet, complete_route
from gateway.cli.render import GATE_STYLES, MODE_STYLES, Output, iso, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.evidence.store import StratumTally
    from gateway.judged import Judged
    from gateway.parity.gate import GatePolicy

NOT_READY = 1


def gate(
    route: Annotated[
        str | None,
        typer.Argument(metavar="[ROUTE]", autocompletion=complete_route, help="The route's id. Default: every route."),
    ] = None,
    *,
    map_file: MapFile = DEFAULT_MAP,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Judge a route, or every route, by the evidence since its last flip or change of a rule.

    Exits 0 only when everything that was asked for is ready, 1 otherwise, 3 when there is no evidence to read. No
    traffic is inconclusive, never a pass.
    """
    from gateway.cli.evidence.opening import reading  # noqa: PLC0415  the same
    from gateway.judged import read_all  # noqa: PLC0415  help must be quick
    from gateway.mapfile.load import read_map  # noqa: PLC0415  the same
    from gateway.mapfile.lookup import require_route  # noqa: PLC0415  the same
    from gateway.parity.gate import GateState  # noqa: PLC0415  the same

    loaded = read_map(map_file)
    if route is not None:
        require_route(loaded, route)
    with reading(map_file) as store:
        judged = read_all(loaded, store)
    asked = [one for id_, one in judged.items() if (id_ == route if route else _is_judged(one, loaded.default.id))]
    ready = bool(asked) and all(one.assessment.state is GateState.READY for one in asked)
    output = Output(quiet=quiet)
    if as_json:
        documents = [_document(one) for one in asked]
        output.json({"path": str(loaded.path), "revision": loaded.revision, "ready": ready, "routes": documents})
    elif route is not None:
        _show_one(asked[0], output)
    else:
        _show_all(asked, output)
    raise typer.Exit(0 if ready else NOT_READY)


def _is_judged(one: Judged, default_id: str) -> bool:
    """Every route of the map; the default only while something of it is compared, as most maps never move it."""
    return one.route.id != default_id or one.route.shadows or bool(one.strata)


def _show_one(one: Judged, output: Output) -> None:
    from gateway.parity.difference import Verdict  # noqa: PLC0415  help must be quick

    assessment, policy = one.assessment, one.policy
    output.data(f"{one.route.id}: {assessment.state}", style=GATE_STYLES[assessment.state])
    for reason in assessment.reasons:
        output.data(f"  {reason}")
    if not one.route.shadows:
        output.data(f"  {_not_compared(one)}; `gateway flip {one.route.id} shadow` begins")
    output.data(
        f"  parity {percent(one.whole.parity)}, at least {percent(assessment.lower_bound)} (Wilson, "
        f"{percent(policy.confidence)}); wanted {percent(policy.parity)}"
    )
    if excused := one.whole.of(Verdict.EXCUSED):
        output.data(
            f"  {excused:,} exchanges differ in excused places only; they do not enter parity, and are evidence where "
            "the map excuses them and the rest was compared"
        )
    if one.latency is not None:
        slower = f", {one.latency.v2 / one.latency.legacy:.2f} times" if one.latency.legacy else ""
        output.data(
            f"  p95: legacy {one.latency.legacy * 1000:.1f} ms, v2 {one.latency.v2 * 1000:.1f} ms{slower}; "
            f"{policy.latency:g} times is allowed"
        )
    if one.strata:
        columns = ("  STATUS", "COMPARED", "DISTINCT", "DIFFERING", "PARITY", "AT LEAST", "OTHERS")
        output.table(columns, [_cells(stratum, policy) for stratum in one.strata])


def _not_compared(one: Judged) -> str:
    return f"in mode {one.route.mode} nothing is compared"


def _cells(stratum: StratumTally, policy: GatePolicy) -> tuple[str, ...]:
    tally = stratum.tally
    others = {name: number for name, number in _verdicts(stratum).items() if name not in _IN_PARITY and number}
    return (
        f"  {stratum.stratum}",
        f"{tally.compared:,}",
        f"{tally.shapes:,}{'+' if stratum.unrecorded else ''}",
        f"{tally.differing:,}",
        percent(tally.parity),
        percent(_bound(stratum, policy)),
        ", ".join(f"{name} {number:,}" for name, number in others.items()),
    )


_IN_PARITY = ("match", "equivalent", "mismatch")


def _verdicts(stratum: StratumTally) -> Mapping[str, int]:
    return {verdict.value: number for verdict, number in sorted(stratum.tally.counts.items())}


def _bound(stratum: StratumTally, policy: GatePolicy) -> float | None:
    from gateway.parity.gate import lower_bound  # noqa: PLC0415  help must be quick

    return lower_bound(stratum.tally, policy.confidence)


def _show_all(asked: list[Judged], output: Output) -> None:
    rows = [
        (
            one.route.id,
            one.route.mode.value,
            one.assessment.state.value,
            percent(one.whole.parity),
            percent(one.assessment.lower_bound),
            f"{one.whole.shapes:,}",
            one.assessment.reasons[0] if one.route.shadows or one.strata else _not_compared(one),
        )
        for one in asked
    ]
    output.table(("ROUTE", "MODE", "GATE", "PARITY", "AT LEAST", "DISTINCT", ""), rows, {**MODE_STYLES, **GATE_STYLES})
    ready = sum(one.assessment.state.value == "ready" for one in asked)
    output.note(f"{ready} of {len(asked)} ready")


def _document(one: Judged) -> dict[str, Any]:
    """A route's gate for machines: shares in [0, 1], seconds, times in ISO 8601."""
    latency = one.latency
    return {
        "id": one.route.id,
        "mode": one.route.mode.value,
        "state": one.assessment.state.value,
        "reasons": list(one.assessment.reasons),
        "parity": one.whole.parity,
        "lower_bound": one.assessment.lower_bound,
        "epoch": one.epoch,
        "policy": {
            "parity": one.policy.parity,
            "confidence": one.policy.confidence,
            "latency": one.policy.latency,
        },
        "latency": latency and {"legacy": latency.legacy, "v2": latency.v2, "pairs": latency.pairs},
        "strata": [
            {
                "stratum": stratum.stratum,
                "verdicts": _verdicts(stratum),
                "compared": stratum.tally.compared,
                "shapes": stratum.tally.shapes,
                "differing": stratum.tally.differing,
                "unrecorded": stratum.unrecorded,
                "parity": stratum.tally.parity,
                "lower_bound": _bound(stratum, one.policy),
                "first": iso(stratum.first),
                "last": iso(stratum.last),
            }
            for stratum in one.strata
        ],
    }
