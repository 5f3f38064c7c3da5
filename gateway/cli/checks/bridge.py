"""`gateway check --bridge`: legacy's answers with and without the bridge, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.doctor.finding import Finding, error, note

if TYPE_CHECKING:
    from flask import Flask

    from gateway.backends.bridge_proof import BridgeDifference

LONGEST = 200
"""Characters of an answer that a finding shows."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How many requests were compared, and where their answers differ."""

    requests: int
    findings: tuple[Finding, ...]


def prove_bridge(legacy: Any, flask: Flask | None) -> Proof:
    """Ask the application the same requests natively and through the bridge.

    Without a Flask object there are no rules to ask, so that unknown paths are all that is asked.
    """
    from werkzeug.routing import Map  # noqa: PLC0415  help must be quick

    from gateway.backends.bridge_proof import probes, prove  # noqa: PLC0415  the same

    requests = probes(flask.url_map if flask is not None else Map())
    return Proof(len(requests), tuple(_finding(difference) for difference in prove(legacy, requests)))


def _finding(difference: BridgeDifference) -> Finding:
    asked = str(difference.request)
    if difference.unstable:
        return note(
            "bridge.unstable",
            f"{asked}: {difference.location} differs each time without the bridge, too, so it proves nothing",
        )
    return error(
        "bridge.difference",
        f"{asked}: {difference.location} is {_short(difference.native)} natively and {_short(difference.bridged)} "
        "through the bridge",
        "do not serve this application through the bridge; name it as backends.legacy.url, and report this",
    )


def _short(text: str) -> str:
    shown = repr(text)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}... ({len(text):,} characters)"
