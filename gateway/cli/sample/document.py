"""A mismatch for machines. Bodies are text; what is redacted stays redacted. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gateway.cli.evidence.causes import Causes
from gateway.cli.render import iso
from gateway.evidence.sample import Body, HeaderLines, Sample, SampledFailure, SampledOutcome


def sample_document(sample: Sample) -> dict[str, Any]:
    """`{"id", "time", "route", ..., "causes", "differences", "request", "legacy", "v2"}`."""
    request = sample.request
    return {
        "id": sample.id,
        "time": iso(sample.time),
        "route": sample.route,
        "epoch": sample.epoch,
        "stratum": sample.stratum,
        "signature": sample.signature,
        "causes": Causes().documents(sample.causes),
        "differences": [asdict(one) for one in sample.differences],
        "request": {
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "headers": _headers(request.headers),
            "body": _body(request.body),
        },
        "legacy": _outcome(sample.legacy),
        "v2": _outcome(sample.v2),
    }


def _outcome(outcome: SampledOutcome) -> dict[str, Any]:
    """An answer, or why there was none; `failure` is null for an answer."""
    if isinstance(outcome, SampledFailure):
        return {"failure": {"kind": str(outcome.kind), "message": outcome.message}}
    return {
        "failure": None,
        "status": outcome.status,
        "headers": _headers(outcome.headers),
        "body": _body(outcome.body),
    }


def _headers(lines: HeaderLines) -> list[list[str]]:
    return [[name, value] for name, value in lines]


def _body(body: Body) -> dict[str, Any]:
    return {
        "text": None if body.content is None else body.content.decode("utf-8", "replace"),
        "length": body.length,
        "digest": body.digest or None,
        "truncated": body.truncated,
        "withheld": body.withheld or None,
    }
