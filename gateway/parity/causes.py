"""The catalogue, and how a difference gets the name of its cause: the first entry that recognises it."""

from __future__ import annotations

from dataclasses import replace

from gateway.exchange import Outcome, Request
from gateway.parity.cause import Cause
from gateway.parity.clues import Clues
from gateway.parity.difference import Comparison, Difference
from gateway.parity.traps import answers, outcomes, parsing, routing, values


def catalogue() -> tuple[Cause, ...]:
    """Every cause, the more specific first.

    No answer at all comes first: nothing else can be said of it. Then what is said by one place (a date, a cookie's
    attribute) before what a whole answer says; then routing, for what was not routed was not parsed, and parsing, for
    what was not parsed was not answered.
    """
    return (
        *outcomes.causes(),
        *answers.places(),
        *values.places(),
        *routing.causes(),
        *parsing.causes(),
        *values.whole(),
        *answers.whole(),
    )


def explain(comparison: Comparison, request: Request, legacy: Outcome, v2: Outcome) -> Comparison:
    """The same comparison, with the causes of its differences."""
    clues = Clues(request, legacy, v2)
    entries = [cause for cause in catalogue() if cause.recognise is not None]
    named = tuple(_named(difference, clues, entries) for difference in comparison.differences)
    return replace(comparison, differences=named)


def _named(difference: Difference, clues: Clues, entries: list[Cause]) -> Difference:
    for cause in entries:
        if cause.recognise is not None and cause.recognise(difference, clues):
            return difference.but(cause=cause.name)
    return difference


def rendered(difference: Difference) -> str:
    """The sentence for people: the cause's, or where and how the two sides differ when nothing explains it."""
    for cause in catalogue():
        if cause.name == difference.cause:
            return cause.render(difference)
    place = difference.location or f"the {difference.part}"
    return f"{difference.cause} at {place}: legacy {difference.legacy or 'nothing'}, v2 {difference.v2 or 'nothing'}"
