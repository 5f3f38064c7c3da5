"""What stands above the table: whether all is well, how far the migration is, and what needs a person. Pure."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass

from gateway.cli.render import plural
from gateway.cli.watching.columns import rate
from gateway.cli.watching.frame import Frame
from gateway.console.views.attention import Attention, Urgency
from gateway.console.views.overview import Overview, Rung
from gateway.exchange import Side

BETWEEN = "   "
"""What stands between two facts of a line."""
MARKS = {Urgency.NOW: "! ", Urgency.SOON: "~ ", Urgency.NEXT: "> "}
STYLES = {Urgency.NOW: "bold red", Urgency.SOON: "yellow", Urgency.NEXT: "dim"}
LONGEST = 3
"""Lines of one concern."""
SHORT_REVISION = 7
"""Characters of a revision, as the console shows them."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text and how it looks."""

    text: str
    style: str = ""


def facts(frame: Frame) -> list[Line]:
    """How things are, in a few lines."""
    first = frame.overview
    lines = [_title(frame)]
    if frame.trouble:
        lines.append(Line(frame.trouble, "bold red"))
    lines.append(Line(f"{_tenths(first.migrated)} of {plural(first.routes, 'route')} on v2{_traffic(first)}"))
    lines.append(Line(BETWEEN.join(["routes (traffic)", *map(_rung, first.rungs)])))
    lines.append(Line(_evidence(frame)))
    return lines


def flowed(line: Line, width: int) -> list[Line]:
    """A line of facts on as many lines as it takes; a fact is never torn."""
    lines: list[str] = []
    for fact in line.text.split(BETWEEN):
        if lines and len(lines[-1]) + len(BETWEEN) + len(fact) <= width:
            lines[-1] += BETWEEN + fact
        else:
            lines.append(fact)
    return [Line(text, line.style) for text in lines]


def concerns(attention: tuple[Attention, ...], width: int, most: int) -> list[Line]:
    """What needs a person, the most urgent first, in at most `most` lines of `width` characters."""
    if not attention:
        return [Line("Nothing needs a person now.", "green")]
    lines: list[Line] = []
    for number, one in enumerate(attention):
        others = len(attention) - number - 1
        room = most - len(lines) - (others > 0)  # a line says how many others there are
        if room < 1 and lines:
            return [*lines, Line(f"  and {plural(others + 1, 'more concern')}", "dim")]
        wrapped = textwrap.wrap(
            one.sentence,
            max(width, 20),
            initial_indent=MARKS[one.urgency],
            subsequent_indent="  ",
            max_lines=min(LONGEST, max(room, 1)),
            placeholder=" ...",
        )
        lines += [Line(text, STYLES[one.urgency]) for text in wrapped]
    return lines


def _title(frame: Frame) -> Line:
    first = frame.overview
    revision = f"{first.path} @{first.revision[:SHORT_REVISION]}"
    if frame.console is None:
        return Line(f"NO GATEWAY{BETWEEN}{revision}", "bold red")
    ready = sum(worker.ready for worker in first.workers)
    workers = f"{ready} of {plural(len(first.workers), 'worker')} ready"
    state = "taking traffic" if first.ready else "NOT READY"
    if first.force is not None:
        state += f", ALL TO {first.force.upper()}"
    style = "bold green" if first.ready and first.force is None else "bold red"
    return Line(BETWEEN.join((state, revision, workers, frame.console)), style)


def _traffic(first: Overview) -> str:
    if first.legacy_rate is None or first.v2_rate is None:
        return ""
    both = rate(first.legacy_rate + first.v2_rate)
    sides = f"{Side.LEGACY} {rate(first.legacy_rate)}, {Side.V2} {rate(first.v2_rate)}"
    return f", {_tenths(first.v2_share)} of the requests{BETWEEN}{both}/s: {sides}"


def _rung(rung: Rung) -> str:
    share = "" if rung.traffic_share is None else f" ({_tenths(rung.traffic_share)})"
    return f"{rung.mode.value} {rung.routes}{share}"


def _tenths(share: float | None) -> str:
    """A share that need not be exact; never rounded up to all."""
    return "-" if share is None else f"{math.floor(share * 1000 + 1e-6) / 10:g} %"


def _evidence(frame: Frame) -> str:
    first = frame.overview
    gates = first.gates
    parts = [
        f"gate: {gates.ready} ready, {gates.not_ready} not ready, {gates.inconclusive} inconclusive",
        f"{first.mismatches:,} mismatch{'' if first.mismatches == 1 else 'es'}",
    ]
    if frame.bridge is not None:
        bridge = frame.bridge
        stuck = f", {bridge.stuck} stuck" if bridge.stuck else ""
        threads = bridge.busy + bridge.idle + bridge.stuck
        parts.append(f"bridge: {bridge.busy} of {plural(threads, 'thread')} busy{stuck}, {bridge.waiting} waiting")
    flip = first.last_flip
    if flip is not None:
        parts.append(f"last flip: {flip.route} to {flip.new} by {flip.actor}")
    return BETWEEN.join(parts)
