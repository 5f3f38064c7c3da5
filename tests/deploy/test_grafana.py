"""The dashboard is one that Grafana can read: its types take every key; panels neither overlap nor lack words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from tests.support.promql import DASHBOARD, Document, dashboard, panels, read_yaml

UNTYPED = {"definition", "titleFormat", "tagKeys"}
"""Keys that Grafana writes itself, of a variable and of an annotation, and that its published types do not have."""


def lost(ours: Any, theirs: Any, place: str = "") -> Iterator[str]:
    """Where what Grafana's types have kept is not what the file says."""
    match ours, theirs:
        case dict(), dict():
            for key, value in ours.items():
                if key in theirs:
                    yield from lost(value, theirs[key], f"{place}/{key}")
                elif key not in UNTYPED and value not in (None, "", False, [], {}):
                    yield f"{place}/{key}"
        case list(), list() if len(ours) == len(theirs):
            for number, (left, right) in enumerate(zip(ours, theirs, strict=True)):
                yield from lost(left, right, f"{place}/{number}")
        case _ if ours != theirs:
            yield place


def test_grafanas_own_types_read_every_key() -> None:
    register_default_plugins()
    read = Dashboard.from_json(dict(dashboard()))
    assert list(lost(dashboard(), json.loads(json.dumps(read, cls=JSONEncoder)))) == []


def test_grafanas_own_types_would_tell_of_a_mistake() -> None:
    register_default_plugins()
    wrong = json.loads(json.dumps(dashboard()))
    wrong["panels"][1]["fieldConfig"]["defaults"]["unitt"] = "s"
    read = Dashboard.from_json(wrong)
    assert list(lost(wrong, json.loads(json.dumps(read, cls=JSONEncoder)))) == ["/panels/1/fieldConfig/defaults/unitt"]


def test_panels_do_not_overlap_and_stay_within_the_grid() -> None:
    taken: dict[tuple[int, int], str] = {}
    for panel in dashboard()["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        for cell in ((x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])):
            assert taken.setdefault(cell, panel["title"]) == panel["title"]


def test_every_panel_has_its_own_number_and_title() -> None:
    everything = dashboard()["panels"]
    assert (
        len({panel["id"] for panel in everything}) == len({panel["title"] for panel in everything}) == len(everything)
    )


@pytest.mark.parametrize("panel", panels(), ids=lambda panel: panel["title"])
def test_a_panel_says_what_it_shows_in_which_unit_from_the_source_that_was_chosen(panel: Document) -> None:
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    sources = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
    assert {source["uid"] for source in sources} == {"${datasource}"}
    assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


def test_the_provisioning_names_what_is_there() -> None:
    folder = DASHBOARD.parent.parent / "provisioning"
    source = read_yaml(folder / "datasources/prometheus.yml")["datasources"][0]
    assert (source["type"], source["url"]) == ("prometheus", "http://127.0.0.1:9090")
    interval = read_yaml(DASHBOARD.parents[2] / "prometheus/prometheus.yml")["global"]["scrape_interval"]
    assert source["jsonData"]["timeInterval"] == interval
    provider = read_yaml(folder / "dashboards/gateway.yml")["providers"][0]
    assert provider["options"]["path"].endswith(f"/{DASHBOARD.parent.name}")
