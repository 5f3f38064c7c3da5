"""One route: what is known of it, and what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.console.views.cause import CauseView
from gateway.console.views.chart import RouteCharts
from gateway.console.views.flip import FlipView
from gateway.console.views.mismatches import MismatchGroup
from gateway.console.views.row import RouteRow
from gateway.parity.gate import GateState
from gateway.routing.mode import Mode


@dataclass(frozen=True, slots=True)
class GateView:
    """The gate's decision. `reasons` are sentences, the decisive one first; shares from 0 to 1."""

    state: GateState
    reasons: tuple[str, ...]
    parity: float | None
    lower_bound: float | None
    wanted_parity: float
    confidence: float
    latency_allowed: float
    """The most that v2's p95 may be, as a multiple of legacy's."""
    latency_ratio: float | None
    """v2's p95 over legacy's, on the same requests; None before there are any."""


@dataclass(frozen=True, slots=True)
class VerdictCount:
    """How many exchanges had a verdict."""

    verdict: str
    count: int


@dataclass(frozen=True, slots=True)
class StratumView:
    """The exchanges whose answer of legacy was of one status class, in the current epoch."""

    stratum: str
    """`2xx` ... `5xx`, or `none` when legacy gave no answer."""
    verdicts: tuple[VerdictCount, ...]
    """Every verdict that came, in the order of the glossary."""
    compared: int
    shapes: int
    """Distinct requests that were compared."""
    differing: int
    """Those of them that ever differed."""
    unrecorded: int
    """More than 0: the true number of distinct requests is larger than `shapes`."""
    parity: float | None
    lower_bound: float | None
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class NoisePlaceView:
    """A place at which legacy, asked the same twice, differs from itself."""

    place: str
    """`body /meta/generated_at` or `header etag`."""
    rate: float
    """Share of samples in which it did."""
    times: int
    rule: str
    """The line of YAML that a person may accept into `compare.excuse`."""
    at: str | None
    """The JSON path for an excuse, or None for a header."""
    header: str | None


@dataclass(frozen=True, slots=True)
class NoiseView:
    """What was learned of legacy's noise. `samples` are comparisons of legacy with itself."""

    samples: int
    places: tuple[NoisePlaceView, ...]


class RuleState(StrEnum):
    """Whether a rule excuses anything."""

    IN_FORCE = "in_force"
    EXPIRES_SOON = "expires_soon"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule of the map about equality."""

    kind: str
    """`excuse`, `unordered`, `tolerance`, `headers`, `html`: the key of `compare` that it is under."""
    place: str
    """A JSON path, a header's name, or the name of a normaliser of HTML."""
    detail: str
    """What else the rule says: `by id`, `within 0.001`, `presence`; empty for an excuse."""
    reason: str
    expires: str | None
    """`2027-03-01`: from that day on it excuses nothing. None: it has no end."""
    days_left: int | None
    """Days until then; 0 or less when it is over."""
    state: RuleState
    from_defaults: bool
    """Whether it stands in the map's `defaults`."""


@dataclass(frozen=True, slots=True)
class PolicyView:
    """How the route is answered and asked, defaults filled in."""

    timeout: float
    """Seconds to the first byte."""
    sticky: str | None
    """What keeps a client on one side: `client`, `cookie:session`, `header:x-user`; None without a canary."""
    shadows: bool
    """Whether the other side is asked in the background."""
    sample: float
    """The share of requests that are compared, where any are."""
    shadow_methods: tuple[str, ...]
    shadow_timeout: float
    max_body: int
    """Bytes; a request with a larger body is not compared."""
    fallback: tuple[str, ...]
    """What v2 may do that makes legacy answer: `exception`, `timeout`, `5xx`."""


@dataclass(frozen=True, slots=True)
class Step:
    """A flip that may be tried."""

    mode: Mode
    is_up: bool
    is_ladder: bool
    """Whether it is one rung up, or down; others need a good reason."""
    needs_force: bool
    """Whether the gate refuses it as things stand: only with `force` and a reason."""
    sentence: str
    """What it does."""
    gate: str = ""
    """What the gate says of it; empty where the gate is not asked."""


@dataclass(frozen=True, slots=True)
class RoutePage:
    """Everything about one route. Counts are of the current epoch unless they say otherwise."""

    row: RouteRow
    line: int
    """Where the route begins in the map, from 1."""
    epoch: str
    since: float | None
    """When the first exchange of this epoch was seen."""
    last: float | None
    """When the latest was seen."""
    gate: GateView
    policy: PolicyView
    strata: tuple[StratumView, ...]
    causes: tuple[CauseView, ...]
    """Every cause of the current epoch with its fix, the most frequent first."""
    groups: tuple[MismatchGroup, ...]
    """The most frequent groups of mismatches of the current epoch."""
    earlier: int
    """Mismatches from before the last flip or change of a rule."""
    noise: NoiseView
    rules: tuple[RuleView, ...]
    flips: tuple[FlipView, ...]
    """The latest first."""
    steps: tuple[Step, ...]
    charts: RouteCharts
    """Of the last hours, see `RouteCharts`."""
    revision: str
    version: int
    evidence: str
    """`ok`, or why the evidence cannot be read; what comes out of it is then empty."""
