"""What stands above the table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.cli.watching.bridge import Bridge
from gateway.cli.watching.frame import Frame
from gateway.cli.watching.heading import concerns, facts
from gateway.console.views.attention import Attention, Concern, Urgency
from gateway.console.views.chart import span_of, total_charts
from gateway.console.views.operated import Worker
from gateway.console.views.overview import Overview, overview
from tests.support.picture import NOW, a_picture, a_stratum, loaded_map

LOADED = loaded_map()
WORKERS = (Worker(1, LOADED.revision, ready=True), Worker(2, LOADED.revision, ready=False))
RATES = {("still", "legacy"): 6.0, ("moved", "v2"): 2.0}


def first(**parts: object) -> Overview:
    picture = a_picture(LOADED, [a_stratum(LOADED, "compared", 100, 20)], rates=RATES, **parts)  # type: ignore[arg-type]
    return overview(picture, total_charts([], span_of(NOW, 1.0, None), NOW))


def frame(page: Overview, **parts: object) -> Frame:
    shown = Frame(page, (), 0, 0, console="http://127.0.0.1:8081", bridge=Bridge(3, 36, 1, 2))
    return replace(shown, **parts)  # type: ignore[arg-type]


def text(shown: Frame) -> str:
    return "\n".join(line.text for line in facts(shown))


def test_the_facts_are_those_of_the_first_page() -> None:
    shown = text(frame(first(workers=WORKERS)))
    assert shown.splitlines()[0].startswith("taking traffic   /srv/migration_map.yaml @")
    assert "1 of 2 workers ready   http://127.0.0.1:8081" in shown
    assert "25 % of 4 routes on v2, 25 % of the requests   8.0/s: legacy 6.0, v2 2.0" in shown
    assert "legacy 1 (75 %)   shadow 1 (0 %)   canary 1 (0 %)   v2 1 (25 %)" in shown
    assert "gate: 0 ready, 1 not ready, 1 inconclusive   20 mismatches" in shown
    assert "bridge: 3 of 40 threads busy, 1 stuck, 2 waiting" in shown


def test_without_colour_it_still_says_that_everything_is_forced_or_not_ready() -> None:
    forced = replace(WORKERS[0], force="legacy")
    assert text(frame(first(workers=(forced,), force="legacy"))).startswith("taking traffic, ALL TO LEGACY")
    assert text(frame(first(workers=WORKERS, ready=False))).startswith("NOT READY")


def test_without_a_gateway_that_is_the_first_thing_said_and_no_rate_is_made_up() -> None:
    page = overview(a_picture(LOADED), total_charts([], span_of(NOW, 1.0, None), NOW))
    shown = text(frame(page, console=None, bridge=None, trouble="no gateway answers for this map at http://h:1"))
    assert shown.splitlines()[0].startswith("NO GATEWAY")
    assert shown.splitlines()[1] == "no gateway answers for this map at http://h:1"
    assert "/s:" not in shown
    assert "bridge" not in shown


def concern(number: int, urgency: Urgency = Urgency.NOW) -> Attention:
    return Attention(Concern.BREAKER_OPEN, urgency, f"route{number}: v2 failed too often.", "/", f"route{number}")


def test_nothing_to_do_is_said() -> None:
    assert [line.text for line in concerns((), 80, 5)] == ["Nothing needs a person now."]


def test_how_urgent_it_is_shows_without_colour() -> None:
    found = concerns(tuple(concern(number, one) for number, one in enumerate(Urgency)), 80, 9)
    assert [line.text[:2] for line in found] == ["! ", "~ ", "> "]


@pytest.mark.parametrize("most", range(1, 12))
def test_what_has_no_room_is_counted(most: int) -> None:
    shown = [line.text for line in concerns(tuple(map(concern, range(10))), 80, most)]
    assert len(shown) <= max(most, 2), "one concern is always told, and that there are more"
    listed = [line for line in shown if line.startswith("! ")]
    if len(listed) < 10:
        assert shown[-1].strip().startswith(f"and {10 - len(listed)} more concern")


def test_a_long_sentence_is_wrapped_within_the_terminal() -> None:
    long = replace(concern(1), sentence="employees.reports: " + "many words " * 60)
    shown = [line.text for line in concerns((long,), 60, 9)]
    assert 1 < len(shown) <= 3
    assert max(map(len, shown)) <= 60
