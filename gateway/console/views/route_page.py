"""A route's page, put together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.console.views.cause import Causes
from gateway.console.views.chart import RouteCharts
from gateway.console.views.flip import FlipView
from gateway.console.views.mismatches import group_view
from gateway.console.views.picture import Picture
from gateway.console.views.route import RoutePage
from gateway.console.views.route_parts import gate_view, noise_view, policy_view, rule_views, steps_of, stratum_view
from gateway.console.views.row import RouteRow
from gateway.evidence.store import Group
from gateway.parity.noise import NoiseBook
from gateway.parity.rules import Rules
from gateway.routing.route import DEFAULT_ROUTE_ID


@dataclass(frozen=True, slots=True)
class RouteEvidence:
    """What was read of a route for its page alone."""

    groups: Sequence[Group]
    noise: NoiseBook
    flips: Sequence[FlipView]
    charts: RouteCharts


def route_page(picture: Picture, row: RouteRow, read: RouteEvidence, causes: Causes) -> RoutePage:
    """The page of the route that `row` is of."""
    judged, loaded = picture.judged[row.id], picture.loaded
    today = datetime.fromtimestamp(picture.at, UTC).date()
    # The default route's rules are those of the defaults: they are its own.
    defaults = picture.judging[DEFAULT_ROUTE_ID].rules
    is_default = row.id == DEFAULT_ROUTE_ID
    rules = rule_views(picture.judging[row.id].rules, Rules() if is_default else defaults, today)
    return RoutePage(
        row=row,
        line=loaded.lines.get(row.id, 1),
        epoch=judged.epoch,
        since=min((stratum.first for stratum in judged.strata), default=None),
        last=max((stratum.last for stratum in judged.strata), default=None),
        gate=gate_view(judged),
        policy=policy_view(judged.route),
        strata=tuple(stratum_view(stratum, judged.policy.confidence) for stratum in judged.strata),
        causes=causes.counted({one.name: one.count for one in picture.causes.get(row.id, ())}),
        groups=tuple(group_view(group, causes) for group in read.groups),
        earlier=judged.earlier,
        noise=noise_view(read.noise),
        rules=rules,
        flips=tuple(read.flips),
        steps=steps_of(row, judged, picture.evidence),
        charts=read.charts,
        revision=picture.revision,
        version=picture.version,
        evidence=picture.evidence,
    )
