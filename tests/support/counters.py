"""What a gateway has counted, as `/metrics` says it."""

from __future__ import annotations

import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

SECONDS = 30.0


@dataclass(frozen=True)
class Counters:
    """One scrape."""

    samples: tuple[Sample, ...]

    def total(self, name: str, **labels: str) -> float:
        """The sum over every series with these labels."""
        return sum(self.by(name, "", **labels).values())

    def by(self, name: str, label: str, **labels: str) -> Counter[str]:
        """The sums by the values of one label."""
        found: Counter[str] = Counter()
        for sample in self.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                found[sample.labels.get(label, "")] += int(sample.value)
        return +found


def scrape(console_url: str) -> Counters:
    """Ask the console now."""
    with urllib.request.urlopen(f"{console_url}/metrics", timeout=10) as answer:  # noqa: S310 - a loopback address
        text = answer.read().decode()
    return Counters(tuple(sample for family in text_string_to_metric_families(text) for sample in family.samples))


def settled(console_url: str, *, seconds: float = SECONDS) -> Counters:
    """The first scrape in which no shadow waits or runs; TimeoutError when there is none."""
    return _first(console_url, seconds, lambda counters: counters.total("gateway_shadow_queue_depth"))


def drained(console_url: str, *, seconds: float = SECONDS) -> Counters:
    """The first scrape in which no evidence waits either."""
    return _first(
        console_url,
        seconds,
        lambda counters: (
            counters.total("gateway_shadow_queue_depth") + counters.total("gateway_evidence_records", state="waiting")
        ),
    )


def _first(console_url: str, seconds: float, left: Callable[[Counters], float]) -> Counters:
    deadline = time.monotonic() + seconds
    while left(counters := scrape(console_url)):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{left(counters):g} shadows or records still wait after {seconds:g} s")
        time.sleep(0.02)
    return counters
