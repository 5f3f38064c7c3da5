"""One compared exchange as it goes to the store: what counts, and sometimes a sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gateway.evidence.names import SensitiveNames
from gateway.evidence.sample import Sample
from gateway.evidence.text import TextRedactor
from gateway.parity.difference import Comparison, Verdict, speaks

LOCATIONS = 50
"""The most locations that one signature is shown with."""

_WITHOUT_SAMPLE = 400
_LONGEST_LOCATION = 300


@dataclass(frozen=True, slots=True)
class Record:
    """One compared exchange.

    `time` is in seconds since 1970. `epoch` names what was compared, `shape` what was asked (`gateway.parity.epoch`).
    The elapsed times are in seconds, None for a side that gave no answer. `signature`, `causes` and `locations`
    (`body /items/*/created`, `header location`, `status`) are of a mismatch, empty otherwise. The sample is there for
    the first few of a signature.
    """

    time: float
    route: str
    epoch: str
    stratum: str
    verdict: Verdict
    shape: str
    legacy_elapsed: float | None = None
    v2_elapsed: float | None = None
    signature: str = ""
    causes: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    sample: Sample | None = None
    rest_agrees: bool = False
    """As in the comparison: an excused answer of which something else was compared."""

    @property
    def speaks(self) -> bool | None:
        """What the gate takes from it: True agrees, False differs, None says nothing about the route."""
        return speaks(self.verdict, rest_agrees=self.rest_agrees)

    @property
    def size(self) -> int:
        """About how many bytes it takes while it waits."""
        return _WITHOUT_SAMPLE + (self.sample.size if self.sample is not None else 0)


def causes_of(comparison: Comparison) -> tuple[str, ...]:
    """The distinct causes of what is not excused, sorted."""
    return tuple(sorted({one.cause for one in comparison.unexcused}))


def locations_of(comparison: Comparison) -> tuple[str, ...]:
    """The distinct places of what is not excused, indexes as `*`, sorted.

    Names of members may be data, such as an address of e-mail: what looks like a secret is left out. A place needs no
    hash, since it is not compared.
    """
    redact = TextRedactor(SensitiveNames(), lambda secret: "«redacted»" if secret else secret)
    found = {f"{one.part} {safe_location(one.wildcard, redact)}".strip() for one in comparison.unexcused}
    return tuple(sorted(found)[:LOCATIONS])


def safe_location(location: str, redact: Callable[[str], str]) -> str:
    """A place, each segment redacted, as text that every store takes, at most 300 characters."""
    whole = "/".join(redact(segment) for segment in location.split("/"))[:_LONGEST_LOCATION]
    return whole.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()
