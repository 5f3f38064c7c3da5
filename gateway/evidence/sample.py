"""A mismatch as it is kept for people: the request, both answers, and where they differ. Redacted and bounded.

    Sample = who and when + differences + SampledRequest + legacy and v2: SampledResponse | SampledFailure
    Body   = what is left of a body, and what it was: length and keyed hash

A sample is written as one JSON document and up to three blobs, its bodies.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from gateway.parity.difference import Difference, Kind, Part

HeaderLines = tuple[tuple[str, str], ...]

_WITHOUT_BODIES = 512
"""Bytes that a sample takes beside its bodies and its differences, roughly."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body, decoded from its content encoding, redacted, and cut at the cap.

    `length` and `digest` are of the bytes as they were sent: a keyed hash, since the plain one of a short secret can
    be guessed. Both are empty for a body that was over the capture limit.
    """

    content: bytes | None
    length: int | None = None
    digest: str = ""
    truncated: bool = False
    withheld: str = ""
    """Why there is no content: `binary`, `too_large`, `unreadable`."""


@dataclass(frozen=True, slots=True)
class SampledRequest:
    """The request, redacted. Headers as they came: order and repeats kept."""

    method: str
    path: str
    query: str
    headers: HeaderLines
    body: Body


@dataclass(frozen=True, slots=True)
class SampledResponse:
    """An answer, redacted."""

    status: int
    headers: HeaderLines
    body: Body


@dataclass(frozen=True, slots=True)
class SampledFailure:
    """No answer: the kind of its failure, and what was said, redacted."""

    kind: str
    message: str


SampledOutcome = SampledResponse | SampledFailure


@dataclass(frozen=True, slots=True)
class Sample:
    """One mismatch. `time` is in seconds since 1970, `id` the request's own."""

    id: str
    time: float
    route: str
    epoch: str
    stratum: str
    signature: str
    causes: tuple[str, ...]
    differences: tuple[Difference, ...]
    request: SampledRequest
    legacy: SampledOutcome
    v2: SampledOutcome

    @property
    def bodies(self) -> tuple[bytes | None, bytes | None, bytes | None]:
        """What is left of the bodies: of the request, of legacy's answer and of v2's."""
        legacy, v2 = (None if isinstance(one, SampledFailure) else one.body.content for one in (self.legacy, self.v2))
        return self.request.body.content, legacy, v2

    @property
    def size(self) -> int:
        """About how many bytes it takes, in memory and in a store."""
        bodies = sum(len(body) for body in self.bodies if body is not None)
        lines: list[HeaderLines] = [self.request.headers]
        lines += [one.headers for one in (self.legacy, self.v2) if isinstance(one, SampledResponse)]
        headers = sum(len(name) + len(value) + 8 for part in lines for name, value in part)
        differences = sum(
            len(one.location) + len(one.legacy or "") + len(one.v2 or "") + 64 for one in self.differences
        )
        return _WITHOUT_BODIES + bodies + headers + differences + len(self.request.path) + len(self.request.query)

    def document(self) -> str:
        """Everything but the bodies' contents, as JSON."""
        return json.dumps(_plain(self), ensure_ascii=True, separators=(",", ":"))


def read_sample(document: str, bodies: tuple[bytes | None, bytes | None, bytes | None]) -> Sample:
    """The sample that `document()` and `bodies` were taken from. Raises ValueError for anything else."""
    try:
        data = json.loads(document)
        request, legacy, v2 = bodies
        asked = data.pop("request")
        return Sample(
            **{
                **data,
                "causes": tuple(data["causes"]),
                "differences": tuple(_difference(one) for one in data["differences"]),
                "request": SampledRequest(
                    **{**asked, "headers": _lines(asked["headers"]), "body": _body(asked["body"], request)}
                ),
                "legacy": _outcome(data["legacy"], legacy),
                "v2": _outcome(data["v2"], v2),
            }
        )
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"this is no sample: {error}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return None
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _lines(data: list[list[str]]) -> HeaderLines:
    return tuple((name, value) for name, value in data)


def _body(data: dict[str, Any], content: bytes | None) -> Body:
    return Body(**{**data, "content": content})


def _difference(data: dict[str, Any]) -> Difference:
    return Difference(**{**data, "part": Part(data["part"]), "kind": Kind(data["kind"])})


def _outcome(data: dict[str, Any], content: bytes | None) -> SampledOutcome:
    if "kind" in data:
        return SampledFailure(**data)
    return SampledResponse(**{**data, "headers": _lines(data["headers"]), "body": _body(data["body"], content)})
