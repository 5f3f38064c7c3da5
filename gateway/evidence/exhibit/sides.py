"""Two answers, line beside line. Pure.

Objects are written with their members in order, one a line, so that what is equal stands beside what it is equal to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from gateway.evidence.exhibit.visible import visible
from gateway.evidence.sample import Body, Sample, SampledFailure, SampledOutcome, SampledResponse
from gateway.parity.difference import Part

CONTEXT = 3
"""Equal lines that are shown around a difference."""
LEAST_GAP = 3
"""Equal lines that are worth leaving out."""
MOST_LINES = 2_000
"""Lines of a body that are aligned; longer ones are cut, since nobody reads them in a terminal."""


class LinePart(StrEnum):
    """Which part of an answer a line is of."""

    STATUS = "status"
    HEADER = "header"
    BODY = "body"
    GAP = "gap"
    """It stands for what is left out: both texts say how many lines, or are empty between headers and body."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of both answers; None where a side has none.

    `differs` marks unequal lines; of the headers, only those that nothing excuses.
    """

    legacy: str | None
    v2: str | None
    differs: bool = False
    part: LinePart = LinePart.BODY


def lines_of(sample: Sample) -> list[Line]:
    """Status, headers and body, with what is equal in the middle of a body left out."""
    legacy, v2 = sample.legacy, sample.v2
    ours, theirs = _status(legacy), _status(v2)
    lines = [Line(ours, theirs, ours != theirs, LinePart.STATUS), *_headers(sample)]
    return [*lines, Line("", "", part=LinePart.GAP), *_shortened(list(_body(_text(legacy), _text(v2))))]


def body_lines(body: Body, media_type: str = "") -> list[str]:
    """What is left of a body, as lines that can be shown."""
    if body.withheld or body.content is None:
        size = f", {body.length:,} bytes, hash {body.digest}" if body.length is not None else ""
        return [f"({body.withheld or 'not kept'}{size})"]
    text = body.content.decode("utf-8", "replace")
    if "json" in media_type.lower() or text[:1] in {"{", "["}:
        text = _indented(text)
    lines = [visible(line) for line in text.splitlines()[:MOST_LINES]]
    return [*lines, f"(cut; {body.length or 0:,} bytes as it was sent)"] if body.truncated else lines


def _indented(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _status(outcome: SampledOutcome) -> str:
    if isinstance(outcome, SampledFailure):
        return visible(f"no answer: {outcome.kind}: {outcome.message}")
    return f"HTTP {outcome.status}"


def _headers(sample: Sample) -> Iterator[Line]:
    """A line for each header of either side, in legacy's order; repeats stand below each other."""
    legacy, v2 = _by_name(sample.legacy), _by_name(sample.v2)
    differing = {one.location for one in sample.differences if one.part is Part.HEADER and one.excused_by is None}
    for name in dict.fromkeys([*legacy, *v2]):
        mine, theirs = legacy.get(name, []), v2.get(name, [])
        for number in range(max(len(mine), len(theirs))):
            one, other = (side[number] if number < len(side) else None for side in (mine, theirs))
            yield Line(one, other, name in differing and one != other, LinePart.HEADER)


def _by_name(outcome: SampledOutcome) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if isinstance(outcome, SampledResponse):
        for name, value in outcome.headers:
            found.setdefault(name.lower(), []).append(visible(f"{name}: {value}"))
    return found


def _text(outcome: SampledOutcome) -> list[str]:
    if isinstance(outcome, SampledFailure):
        return []
    media_type = next((value for name, value in outcome.headers if name.lower() == "content-type"), "")
    return body_lines(outcome.body, media_type)


def _body(legacy: list[str], v2: list[str]) -> Iterator[Line]:
    for kind, start, end, other_start, other_end in SequenceMatcher(None, legacy, v2).get_opcodes():
        mine, theirs = legacy[start:end], v2[other_start:other_end]
        for number in range(max(len(mine), len(theirs))):
            one, other = (side[number] if number < len(side) else None for side in (mine, theirs))
            yield Line(one, other, kind != "equal")


def _shortened(lines: list[Line]) -> Iterator[Line]:
    """The lines without those that are equal and far from a difference; all of them when none differs."""
    near = {
        number + offset for number, line in enumerate(lines) if line.differs for offset in range(-CONTEXT, CONTEXT + 1)
    }
    held: list[Line] = []
    for number, line in enumerate(lines):
        if number not in near and near:
            held.append(line)
            continue
        yield from _gap(held)
        held = []
        yield line
    yield from _gap(held)


def _gap(held: list[Line]) -> list[Line]:
    """A line that says how many are left out; those few that take no more room than that are shown."""
    if len(held) < LEAST_GAP:
        return held
    text = f"... {len(held)} equal lines"
    return [Line(text, text, part=LinePart.GAP)]
