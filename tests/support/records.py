"""Records and samples of evidence, as the judge would make them."""

from __future__ import annotations

from gateway.evidence.record import Record
from gateway.evidence.sample import Body, Sample, SampledFailure, SampledRequest, SampledResponse
from gateway.parity.difference import Difference, Kind, Part, Verdict


def a_sample(
    number: int = 1, *, route: str = "r", signature: str = "s", time: float | None = None, size: int = 0
) -> Sample:
    difference = Difference(Part.BODY, "/items/0/created", Kind.CHANGED, '"a"', '"b"', cause="json.datetime-format")
    return Sample(
        id=f"{route}-{signature}-{number}",
        time=1000.0 + number if time is None else time,
        route=route,
        epoch="e1",
        stratum="2xx",
        signature=signature,
        causes=("json.datetime-format",),
        differences=(difference,),
        request=SampledRequest("GET", "/r", "a=1", (("host", "x"),), Body(b"", 0, "00")),
        legacy=SampledResponse(200, (("x", "1"), ("x", "2")), Body(b"x" * size or b"{}", 2, "11", truncated=True)),
        v2=SampledFailure("timeout", "no answer"),
    )


def a_record(
    number: int = 1,
    verdict: Verdict = Verdict.MATCH,
    *,
    rest_agrees: bool = False,
    route: str = "r",
    epoch: str = "e1",
    stratum: str = "2xx",
    shape: str | None = None,
    signature: str = "s",
    time: float | None = None,
    sample: Sample | None = None,
) -> Record:
    differs = verdict is Verdict.MISMATCH
    return Record(
        time=1000.0 + number if time is None else time,
        route=route,
        epoch=epoch,
        stratum=stratum,
        verdict=verdict,
        shape=f"{number:016x}" if shape is None else shape,
        legacy_elapsed=0.010,
        v2_elapsed=0.020,
        signature=signature if differs else "",
        causes=("json.datetime-format",) if differs else (),
        locations=("body /items/*/created",) if differs else (),
        sample=sample,
        rest_agrees=rest_agrees,
    )
