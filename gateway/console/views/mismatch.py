"""One mismatch: the request, both answers, and where they differ."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.console.views.cause import Causes, CauseView
from gateway.console.views.mismatches import MismatchGroup, group_view
from gateway.console.views.picture import Picture
from gateway.evidence.exhibit.curl import Curl, curl_for
from gateway.evidence.exhibit.sides import Line, LinePart, lines_of
from gateway.evidence.sample import Body, Sample, SampledFailure, SampledOutcome
from gateway.evidence.store import Group
from gateway.mapfile.excuse import path_of
from gateway.parity.difference import Difference, Part

__all__ = [
    "AnswerView",
    "BodyView",
    "DifferenceView",
    "LinePart",
    "LineView",
    "MismatchPage",
    "RequestView",
    "mismatch_page",
]

HeaderLines = tuple[tuple[str, str], ...]
LineView = Line


@dataclass(frozen=True, slots=True)
class BodyView:
    """What is left of a body. `length` is in bytes, of what was sent; None for one over the capture limit."""

    text: str | None
    """Redacted, without its content encoding; None when it is withheld."""
    length: int | None
    digest: str
    """A keyed hash of what was sent: equal bodies have equal ones."""
    truncated: bool
    withheld: str
    """Why there is no text: `binary`, `too_large`, `unreadable`; else empty."""


@dataclass(frozen=True, slots=True)
class RequestView:
    """The request, redacted. Headers as they came: order and repeats kept."""

    method: str
    path: str
    query: str
    headers: HeaderLines
    body: BodyView


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What a side made of it: `status`, or a failure and why there was no answer."""

    status: int | None
    failure: str
    """`timeout`, `exception`, `unavailable`, `protocol_error`, `aborted`; empty for an answer."""
    message: str
    """What was said of the failure."""
    headers: HeaderLines
    body: BodyView | None


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """One place where the answers differ."""

    part: str
    """`outcome`, `status`, `header` or `body`."""
    location: str
    """A pointer (RFC 6901) into a JSON body, a header's name, or empty for the whole part."""
    kind: str
    """Seen from legacy: `added` is what only v2 has; `removed`, `changed`, `type`."""
    legacy: str | None
    v2: str | None
    cause: str
    excused_by: str | None
    """The reason of the rule that excuses it, or None: it counts."""
    note: str
    at: str | None
    """The JSON path that an excuse for it would have, indexes as `*`; None where it would be a header or nothing."""
    header: str | None
    """The header that an excuse for it would name."""


@dataclass(frozen=True, slots=True)
class MismatchPage:
    """One kept mismatch."""

    id: str
    time: float
    route: str
    stratum: str
    signature: str
    is_current: bool
    """Whether it was seen since the route's last flip or change of a rule."""
    request: RequestView
    legacy: AnswerView
    v2: AnswerView
    differences: tuple[DifferenceView, ...]
    causes: tuple[CauseView, ...]
    lines: tuple[LineView, ...]
    """Both answers side by side."""
    group: MismatchGroup | None
    """All mismatches of the same signature in the same epoch; None when it was let go of meanwhile."""
    newer: str | None
    """The sample of the group after this one."""
    older: str | None
    curl: Curl
    revision: str
    version: int


def mismatch_page(
    sample: Sample, group: Group | None, picture: Picture, causes: Causes, front_door: str
) -> MismatchPage:
    """The page of a sample. `front_door` is `http://host:port`, where the command asks."""
    judged = picture.judged.get(sample.route)
    ids = group.samples if group is not None else ()
    at = ids.index(sample.id) if sample.id in ids else None
    return MismatchPage(
        id=sample.id,
        time=sample.time,
        route=sample.route,
        stratum=sample.stratum,
        signature=sample.signature,
        is_current=judged is not None and judged.epoch == sample.epoch,
        request=RequestView(
            sample.request.method,
            sample.request.path,
            sample.request.query,
            sample.request.headers,
            _body(sample.request.body),
        ),
        legacy=_answer(sample.legacy),
        v2=_answer(sample.v2),
        differences=tuple(_difference(one) for one in sample.differences),
        causes=causes.views(sample.causes),
        lines=tuple(lines_of(sample)),
        group=None if group is None else group_view(group, causes),
        newer=ids[at + 1] if at is not None and at + 1 < len(ids) else None,
        older=ids[at - 1] if at is not None and at > 0 else None,
        curl=curl_for(sample.request, front_door),
        revision=picture.revision,
        version=picture.version,
    )


def _answer(outcome: SampledOutcome) -> AnswerView:
    if isinstance(outcome, SampledFailure):
        return AnswerView(None, str(outcome.kind), outcome.message, (), None)
    return AnswerView(outcome.status, "", "", outcome.headers, _body(outcome.body))


def _body(body: Body) -> BodyView:
    text = None if body.content is None else body.content.decode("utf-8", "replace")
    return BodyView(text, body.length, body.digest, body.truncated, body.withheld)


def _difference(one: Difference) -> DifferenceView:
    return DifferenceView(
        part=one.part.value,
        location=one.location,
        kind=one.kind.value,
        legacy=one.legacy,
        v2=one.v2,
        cause=one.cause,
        excused_by=one.excused_by,
        note=one.note,
        at=path_of(one.wildcard) if one.part is Part.BODY else None,
        header=one.location if one.part is Part.HEADER else None,
    )
