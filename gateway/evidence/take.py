"""Makes the sample of a mismatch, redacted. This is the only way by which content reaches a store."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace

from gateway.evidence.record import causes_of, safe_location
from gateway.evidence.redact import Redactor
from gateway.evidence.sample import Sample, SampledFailure, SampledOutcome, SampledRequest, SampledResponse
from gateway.exchange import Exchange, Failure, FailureKind, Headers, Outcome, Request, Side
from gateway.parity.difference import Comparison, Difference, Part
from gateway.parity.text import first_difference

_EXCERPT = re.compile(r"line \d+: ")
_NOT_ASKED = Failure(FailureKind.ABORTED, "this side was not asked")


class SampleTaker:
    """Takes samples. It may take milliseconds for large bodies, so call it off the door's loop; any thread will do."""

    def __init__(self, redactor: Redactor, *, now: Callable[[], float] = time.time) -> None:
        self._redactor = redactor
        self._now = now

    def __call__(self, exchange: Exchange, comparison: Comparison, epoch: str) -> Sample:
        """The sample of an exchange. Never raises: what cannot be redacted is not kept, but for shapes and hashes."""
        legacy, v2 = (
            _NOT_ASKED if one is None else one.outcome for one in map(exchange.by_side, (Side.LEGACY, Side.V2))
        )
        try:
            differences, request, ours, theirs = _readable(exchange.request, legacy, v2, comparison, self._redactor)
        except Exception:  # noqa: BLE001 - fail closed, whatever it was
            differences, request, ours, theirs = _outline(exchange.request, legacy, v2, comparison, self._redactor)
        return Sample(
            id=exchange.request.id,
            time=self._now(),
            route=exchange.route_id,
            epoch=epoch,
            stratum=comparison.stratum,
            signature=comparison.signature(exchange.route_id),
            causes=causes_of(comparison),
            differences=differences,
            request=request,
            legacy=ours,
            v2=theirs,
        )


_Content = tuple[tuple[Difference, ...], SampledRequest, SampledOutcome, SampledOutcome]


def _readable(request: Request, legacy: Outcome, v2: Outcome, comparison: Comparison, redactor: Redactor) -> _Content:
    ours, theirs = _outcome(legacy, redactor), _outcome(v2, redactor)
    asked = SampledRequest(
        redactor.text(request.method),
        redactor.text(request.path),
        redactor.query(request.query),
        redactor.headers(request.headers),
        redactor.body(request.headers, request.body),
    )
    return tuple(_difference(one, ours, theirs, redactor) for one in comparison.differences), asked, ours, theirs


def _outcome(outcome: Outcome, redactor: Redactor) -> SampledOutcome:
    if isinstance(outcome, Failure):
        return SampledFailure(outcome.kind, redactor.text(outcome.message))
    return SampledResponse(
        outcome.status, redactor.headers(outcome.headers), redactor.body(outcome.headers, outcome.body)
    )


def _difference(found: Difference, legacy: SampledOutcome, v2: SampledOutcome, redactor: Redactor) -> Difference:
    ours: str | None
    theirs: str | None
    excerpts = [value is not None and bool(_EXCERPT.match(value)) for value in (found.legacy, found.v2)]
    if found.part is Part.BODY and any(excerpts):
        # It may begin in the middle of a secret, whose name is no longer seen: it is taken again, from what is kept.
        ours, theirs = _excerpts(legacy, v2)
    else:
        ours, theirs = (None if value is None else _value(found, value, redactor) for value in (found.legacy, found.v2))
    return replace(
        found,
        location=safe_location(found.location, redactor.text),
        legacy=ours,
        v2=theirs,
        note=redactor.text(found.note),
    )


def _excerpts(legacy: SampledOutcome, v2: SampledOutcome) -> tuple[str, str]:
    texts = [
        one.body.content.decode("utf-8", "replace")
        for one in (legacy, v2)
        if isinstance(one, SampledResponse) and one.body.content is not None
    ]
    return first_difference(*texts) if len(texts) == len((legacy, v2)) else ("not kept", "not kept")


def _value(found: Difference, value: str, redactor: Redactor) -> str:
    match found.part:
        case Part.HEADER:
            return redactor.header(found.location, value)
        case Part.BODY:
            return redactor.at(found.location, value)
        case Part.STATUS | Part.OUTCOME:
            return redactor.text(value)


def _outline(request: Request, legacy: Outcome, v2: Outcome, comparison: Comparison, redactor: Redactor) -> _Content:
    """Shapes and hashes alone."""
    mark = redactor.mark

    def lines(headers: Headers) -> tuple[tuple[str, str], ...]:
        return tuple((mark(name.decode("latin-1")), mark(value.decode("latin-1"))) for name, value in headers.raw)

    def outcome(one: Outcome) -> SampledOutcome:
        if isinstance(one, Failure):
            return SampledFailure(one.kind, mark(one.message))
        return SampledResponse(one.status, lines(one.headers), redactor.withheld(one.body))

    def hidden(value: str | None) -> str | None:
        return None if value is None else mark(value)

    differences = tuple(
        replace(one, location=mark(one.location), legacy=hidden(one.legacy), v2=hidden(one.v2), note="")
        for one in comparison.differences
    )
    asked = SampledRequest(
        mark(request.method),
        mark(request.path),
        mark(request.query.decode("latin-1")),
        lines(request.headers),
        redactor.withheld(request.body),
    )
    return differences, asked, outcome(legacy), outcome(v2)
