"""When to stop asking v2 on a route for a while, and when to try again. Pure: the time is an argument.

    closed      everything passes; outcomes are counted by the second
    open        nothing passes, until a rest is over
    half-open   one request at a time tries, a rest apart; a few successes in a row close it, a failure is another rest

It opens when half of what was seen lately failed, in several different seconds: a burst of failures in one moment, such
as every timer going off after the process was stopped for a while, says nothing about v2.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum, StrEnum

SECONDS_SEEN = 10
"""Seconds with outcomes that are looked at; a quiet route's lie further apart."""
OLDEST = 300.0
"""Seconds after which an outcome says nothing any more."""


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """What it takes to open and to close. Rests are in seconds; each probe that fails doubles it, up to the longest."""

    failures: int = 5
    """The least number of failures that opens,"""
    spread: int = 3
    """in so many different seconds,"""
    share: float = 0.5
    """being this share of what was seen."""
    rest: float = 1.0
    longest_rest: float = 1.0
    probes: int = 3
    """Successes in a row that close."""


SERVING = BreakerPolicy()
"""For requests that legacy can answer instead: a second apart costs nobody, and finds a v2 that is well again."""
SHADOWING = BreakerPolicy(rest=30.0, longest_rest=600.0, probes=1)
"""For shadows that hang: each may leave a task behind that never ends, so they are tried seldom."""


class Admission(Enum):
    """What became of a request at the breaker; its outcome is told with it."""

    PASS = "pass"  # noqa: S105 -- not a password
    PROBE = "probe"
    REFUSED = "refused"


class State(StrEnum):
    """Where a breaker stands."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


@dataclass(slots=True)
class _Second:
    at: int
    good: int = 0
    bad: int = 0


class Breaker:
    """One route's. Times are in seconds of one monotonic clock; `patience` is how long a probe can take at most."""

    def __init__(self, policy: BreakerPolicy, patience: float) -> None:
        self._policy = policy
        self._patience = patience
        self._seen: deque[_Second] = deque(maxlen=SECONDS_SEEN)
        self._open = False
        self._rest = policy.rest
        self._next_probe = 0.0
        self._probe_since: float | None = None
        self._successes = 0

    @property
    def state(self) -> State:
        """Where it stands."""
        if not self._open:
            return State.CLOSED
        return State.HALF_OPEN if self._probe_since is not None or self._successes else State.OPEN

    @property
    def is_idle(self) -> bool:
        """Closed, and without a failure in sight: there is nothing to remember."""
        return not self._open and not any(second.bad for second in self._seen)

    @property
    def counts(self) -> tuple[int, int]:
        """(failures, outcomes) that were seen lately."""
        bad = sum(second.bad for second in self._seen)
        return bad, bad + sum(second.good for second in self._seen)

    def admit(self, now: float) -> Admission:
        """Whether a request may be asked."""
        if not self._open:
            return Admission.PASS
        if self._probe_since is not None and now < self._probe_since + self._patience:
            return Admission.REFUSED
        if now < self._next_probe:
            return Admission.REFUSED
        self._probe_since, self._next_probe = now, now + self._policy.rest
        return Admission.PROBE

    def tell(self, admission: Admission, now: float, *, failed: bool | None) -> None:
        """What came of a request that was admitted; None when nothing can be said, such as when the client left."""
        if admission is Admission.PROBE and self._open:
            self._probed(now, failed)
        elif admission is Admission.PASS and not self._open and failed is not None:
            self._count(now, failed)

    def _count(self, now: float, failed: bool) -> None:
        if not self._seen or self._seen[-1].at != int(now):
            self._seen.append(_Second(int(now)))
        if failed:
            self._seen[-1].bad += 1
        else:
            self._seen[-1].good += 1
        while self._seen[0].at < now - OLDEST:
            self._seen.popleft()
        bad, outcomes = self.counts
        spread = sum(second.bad > 0 for second in self._seen)
        policy = self._policy
        if failed and bad >= policy.failures and spread >= policy.spread and bad >= policy.share * outcomes:
            self._open = True
            self._rest = policy.rest
            self._next_probe = now + self._rest

    def _probed(self, now: float, failed: bool | None) -> None:
        self._probe_since = None
        if failed is None:
            return
        if failed:
            self._successes = 0
            self._next_probe = now + self._rest
            self._rest = min(2 * self._rest, self._policy.longest_rest)
            return
        self._successes += 1
        if self._successes >= self._policy.probes:
            self._open = False
            self._successes = 0
            self._seen.clear()
