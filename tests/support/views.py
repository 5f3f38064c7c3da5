"""Views of the console as a busy gateway would have them, and a reader that hands them out: for tests of the pages."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.console.views.attention import Attention, Concern, Urgency
from gateway.console.views.cause import CauseCount, CauseView
from gateway.console.views.chart import Chart, RouteCharts, Series, TotalCharts, Unit
from gateway.console.views.flip import FlipView
from gateway.console.views.map import MapLine, MapPage, ProblemView, RefusedMap, WorkerView
from gateway.console.views.mismatch import (
    AnswerView,
    BodyView,
    DifferenceView,
    LinePart,
    LineView,
    MismatchPage,
    RequestView,
)
from gateway.console.views.mismatches import MismatchesPage, MismatchesQuery, MismatchGroup
from gateway.console.views.overview import Gates, Overview, Rung
from gateway.console.views.route import (
    GateView,
    NoisePlaceView,
    NoiseView,
    PolicyView,
    RoutePage,
    RuleState,
    RuleView,
    Step,
    StratumView,
    VerdictCount,
)
from gateway.console.views.routes import RoutesPage, RoutesQuery
from gateway.console.views.row import Latency, Quantiles, RouteRow
from gateway.errors import RouteUnknown, SampleUnknown
from gateway.evidence.exhibit.curl import Curl
from gateway.parity.gate import GateState
from gateway.routing.mode import Mode

NOW = 1_795_270_000.0
REVISION = "5f0c9a3be1d24c77aa00"


def a_row(text: str = "", **changes: Any) -> RouteRow:
    """`text` is put into everything that comes from outside."""
    row = RouteRow(
        id="employees.reports" + text,
        path="/employee/<int:id>/reports" + text,
        methods=("GET",),
        mode=Mode.CANARY,
        percent=10.0,
        is_default=False,
        is_compared=True,
        legacy_rate=41.2,
        v2_rate=4.6,
        parity=0.99981,
        lower_bound=0.99874,
        compared=21_402,
        mismatches=4,
        gate=GateState.NOT_READY,
        reason="4 of 21,402 distinct 2xx requests differ" + text,
        latency=Latency(Quantiles(0.0042, 0.0191, 900), Quantiles(0.0021, 0.0087, 900), paired=True),
        causes=(CauseCount("json.datetime-format" + text, 4),),
    )
    return replace(row, **changes)


def a_chart(name: str, unit: Unit, *more: str, height: float = 40.0) -> Chart:
    times = tuple(NOW - 600 * (100 - number) for number in range(100))
    waves = [
        Series(one, unit, tuple(height * (1 + math.sin(n / 9 + shift)) / (2 + shift) for n in range(100)))
        for shift, one in enumerate((name, *more))
    ]
    return Chart(600.0, times, tuple(waves))


def a_flip(text: str = "") -> FlipView:
    return FlipView(
        time=NOW - 4000,
        route="employees.reports" + text,
        old=Mode.SHADOW,
        new=Mode.CANARY,
        old_percent=None,
        new_percent=10.0,
        actor="ada" + text,
        source="cli" + text,
        reason="looks good" + text,
        forced=True,
        gate="not_ready",
        revision=REVISION,
    )


def a_cause(text: str = "") -> CauseView:
    return CauseView(
        "json.datetime-format" + text,
        "legacy sends an HTTP date, v2 ISO 8601" + text,
        "serialise datetimes with werkzeug.http.http_date" + text,
        "D1",
        "json_dates",
        "error",
        4,
    )


def a_group(text: str = "") -> MismatchGroup:
    return MismatchGroup(
        "employees.reports" + text, "8c1f", 37, NOW - 9000, NOW - 12, (a_cause(text),),
        ("body /items/*/created_at" + text, "header etag"), ("3f2a-1c" + text,),
    )  # fmt: skip


def an_overview(text: str = "", **changes: Any) -> Overview:
    parity = Chart(600.0, a_chart("x", Unit.SHARE).times, (
        Series("parity", Unit.SHARE, tuple(1 - (n % 7 == 0) * 0.002 for n in range(100))),
        Series("mismatches", Unit.COUNT, tuple(float(n % 7 == 0) * 3 for n in range(100))),
    ))  # fmt: skip
    overview = Overview(
        at=NOW,
        version=7,
        path="/srv/app/migration_map.yaml" + text,
        revision=REVISION,
        force=None,
        ready=False,
        checks=(("map", "ok"), ("v2" + text, "did not start: ImportError" + text)),
        workers=(WorkerView(411, REVISION, ready=True, force=None), WorkerView(412, REVISION, ready=True, force=None)),
        converged=True,
        rungs=(
            Rung(Mode.LEGACY, 41, 0.68, 120.0, 0.31),
            Rung(Mode.SHADOW, 11, 0.18, 140.0, 0.36),
            Rung(Mode.CANARY, 4, 0.07, 80.0, 0.21),
            Rung(Mode.V2, 4, 0.07, 46.0, 0.12),
        ),
        routes=60,
        migrated=0.07,
        default_mode=Mode.LEGACY,
        default_rate=0.5,
        legacy_rate=318.0,
        v2_rate=68.4,
        v2_share=0.177,
        gates=Gates(3, 4, 8),
        mismatches=211,
        attention=(
            Attention(
                Concern.MISMATCH_SPIKE,
                Urgency.NOW,
                "employees.reports differs in 37 requests of the last minute" + text,
                "/routes/employees.reports",
            ),
            Attention(Concern.RULE_EXPIRES, Urgency.SOON, "An excuse ends in 3 days" + text, "/routes/articles.list"),
        ),
        last_flip=a_flip(text),
        charts=TotalCharts(
            a_chart("legacy", Unit.RATE, "shadow", "canary", "v2"), a_chart("legacy", Unit.RATE, "v2"), parity
        ),
        evidence="ok",
    )
    return replace(overview, **changes)


def a_route_page(text: str = "", **changes: Any) -> RoutePage:
    row = a_row(text)
    page = RoutePage(
        row=row,
        line=14,
        epoch="e1",
        since=NOW - 86_000,
        last=NOW - 2,
        gate=GateView(GateState.NOT_READY, (row.reason, "more" + text), 0.99981, 0.99874, 0.999, 0.95, 1.2, 0.46),
        policy=PolicyView(
            5.0, "cookie:session" + text, shadows=True, sample=0.25, shadow_methods=("GET",), shadow_timeout=5.0,
            max_body=262_144, fallback=("exception", "5xx"),
        ),
        strata=(
            StratumView(
                "2xx", (VerdictCount("match", 21_398), VerdictCount("mismatch", 4)), 21_402, 9000, 4, 1, 0.9998,
                0.9987, NOW - 86_000, NOW - 2,
            ),
        ),
        causes=(a_cause(text),),
        groups=(a_group(text),),
        earlier=12,
        noise=NoiseView(120, (NoisePlaceView(
            "body /meta/at" + text, 0.98, 118, "{at: $.meta.at, reason: clock}" + text, "$.meta.at" + text, None
        ),)),
        rules=(
            RuleView(
                "excuse", "$.generated_at" + text, "", "a clock" + text, "2027-03-01", 3, RuleState.EXPIRES_SOON,
                from_defaults=False,
            ),
            RuleView("header", "X-Cache", "presence", "", None, None, RuleState.IN_FORCE, from_defaults=True),
            RuleView("excuse", "$.old", "", "over", "2026-01-01", -90, RuleState.EXPIRED, from_defaults=False),
        ),
        flips=(a_flip(text),),
        steps=(
            Step(Mode.LEGACY, is_up=False, is_ladder=True, needs_force=False, sentence="Everything to Flask again."),
            Step(Mode.SHADOW, is_up=False, is_ladder=True, needs_force=False, sentence="v2 answers nobody." + text),
            Step(Mode.V2, is_up=True, is_ladder=True, needs_force=True, sentence="The gate says not ready."),
        ),
        charts=RouteCharts(
            a_chart("legacy", Unit.RATE, "v2"),
            an_overview().charts.parity,
            a_chart("legacy p50", Unit.SECONDS, "legacy p95", "v2 p50", "v2 p95", height=0.02),
        ),
        revision=REVISION,
        version=7,
        evidence="ok",
    )  # fmt: skip
    return replace(page, **changes)


def a_mismatch(text: str = "", **changes: Any) -> MismatchPage:
    body = BodyView('{"created_at": "Sun, 05 Jan 2025"}' + text, 34, "k1", truncated=False, withheld="")
    binary = BodyView(None, 20_480, "9f8e", truncated=False, withheld="binary")
    page = MismatchPage(
        id="3f2a-1c" + text,
        time=NOW - 12,
        route="employees.reports" + text,
        stratum="2xx",
        signature="8c1f",
        is_current=True,
        request=RequestView("GET", "/employee/7/reports" + text, "page=2" + text, (("accept", "*/*" + text),), body),
        legacy=AnswerView(200, "", "", (("content-type", "application/json" + text),), body),
        v2=AnswerView(None, "exception", "ValueError" + text, (), None),
        differences=(
            DifferenceView(
                "body", "/items/0/created_at" + text, "changed", "Sun, 05 Jan 2025" + text, "2025-01-05" + text,
                "json.datetime-format", None, "an excuse for it is over" + text, "$.items[*].created_at" + text, None,
            ),
            DifferenceView("header", "etag", "removed", '"abc"' + text, None, "header.etag", None, "", None, "etag"),
            DifferenceView("body", "/at", "changed", "1", "2", "clock", "a clock" + text, "", "$.at", None),
        ),
        causes=(a_cause(text),),
        lines=(
            LineView("HTTP 200", "HTTP 200", differs=False, part=LinePart.STATUS),
            LineView('etag: "abc"' + text, None, differs=True, part=LinePart.HEADER),
            LineView("x-cache: hit", "x-cache: miss" + text, differs=False, part=LinePart.HEADER),
            LineView("{", "{", differs=False, part=LinePart.BODY),
            LineView("12 equal lines", "12 equal lines", differs=False, part=LinePart.GAP),
            LineView('  "at": "Sun, 05 Jan"' + text, '  "at": "2025-01-05"' + text, differs=True),
            LineView(None, '  "more": true' + text, differs=True, part=LinePart.BODY),
        ),
        group=a_group(text),
        newer="3f2a-1d",
        older="3f2a-1b",
        curl=Curl("curl -i http://127.0.0.1:8000/employee/7/reports" + text, ("header cookie" + text,)),
        revision=REVISION,
        version=7,
    )  # fmt: skip
    return replace(page, **(changes or {"v2": replace(page.legacy, body=binary)}))


def a_map(text: str = "", *, refused: bool = True) -> MapPage:
    lines = (
        MapLine(1, "version: 1 # one" + text, None, ()),
        MapLine(2, "routes:", None, ()),
        MapLine(
            3, "  - id: employees.reports", "employees.reports" + text,
            (ProblemView(5, "a warning" + text, "so", is_error=False),),
        ),
    )  # fmt: skip
    bad = (replace(lines[0], problems=(ProblemView(1, "is wrong" + text, "do this" + text, is_error=True),)),)
    return MapPage(
        "/srv/app/migration_map.yaml" + text,
        REVISION,
        lines,
        1,
        RefusedMap("77", bad, 1, "") if refused else None,
        (WorkerView(411, REVISION, ready=True, force=None), WorkerView(412, "other", ready=False, force=None)),
        converged=False,
        flips=(a_flip(text),),
        version=7,
    )


@dataclass
class SaidReader:
    """A reader that says what it was given; `text` is put into everything that comes from outside.

    `asked` keeps what it was asked for.
    """

    text: str = ""
    version: int = 7
    asked: list[object] = field(default_factory=list)
    failure: Exception | None = None

    def _ask(self, what: object) -> None:
        self.asked.append(what)
        if self.failure is not None:
            raise self.failure

    def overview(self, hours: float = 24.0) -> Overview:
        self._ask(hours)
        return an_overview(self.text)

    def routes(self, query: RoutesQuery) -> RoutesPage:
        self._ask(query)
        rows = (a_row(self.text), a_row(id="health", is_compared=False, gate=None, latency=None, causes=()))
        return RoutesPage(query, rows, 120, 120, ("json.datetime-format" + self.text,), REVISION, 7, "ok" + self.text)

    def route(self, route_id: str, hours: float = 24.0) -> RoutePage:
        self._ask((route_id, hours))
        if route_id == "unknown":
            raise RouteUnknown("the map has no route 'unknown'")
        return a_route_page(self.text)

    def mismatches(self, query: MismatchesQuery) -> MismatchesPage:
        self._ask(query)
        causes = (CauseCount("json.datetime-format" + self.text, 37),)
        return MismatchesPage(query, (a_group(self.text),), 61, 2200, causes, REVISION, 7, "ok")

    def mismatch(self, sample_id: str) -> MismatchPage:
        self._ask(sample_id)
        if sample_id == "unknown":
            raise SampleUnknown("there is no sample 'unknown'")
        return a_mismatch(self.text)

    def map(self) -> MapPage:
        self._ask("map")
        return a_map(self.text)

    def history(self, hours: float = 24.0) -> TotalCharts:
        return an_overview().charts

    def route_history(self, route_id: str, hours: float = 24.0) -> RouteCharts:
        return a_route_page().charts
