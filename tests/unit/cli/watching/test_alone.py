"""What is seen without a gateway: the map, its evidence, the switch."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.cli.watching.alone import FramesAlone
from gateway.console.views.routes import RoutesQuery, Sort
from gateway.errors import MapInvalid
from gateway.evidence.opening import evidence_url
from gateway.exchange import Side
from gateway.mapfile.force import Force, write_force
from gateway.routing.mode import Mode
from tests.support.evidence import Evidence, answer
from tests.support.maps import A_MAP

WORST = RoutesQuery(sort=Sort.WORST)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "migration_map.yaml"
    path.write_text(A_MAP, encoding="utf-8")
    return path


def alone(path: Path, asked: RoutesQuery = WORST) -> FramesAlone:
    return FramesAlone(path, evidence_url("", path), asked)


def test_the_route_that_differs_comes_first_with_its_cause(path: Path) -> None:
    seen = Evidence(path)
    seen.saw_equal("employees.get", 3)
    seen.saw("employees.get", answer({"at": "Fri, 20 Nov 2026 18:24:00 GMT"}), answer({"at": "2026-11-20T18:24:00"}))
    seen.write()
    frames = alone(path)
    frame = frames.frame(100, "nobody answers")
    frames.close()
    assert (frame.rows[0].id, frame.rows[0].mismatches, frame.rows[0].parity) == ("employees.get", 1, 0.75)
    assert frame.rows[0].causes[0].name == "json.datetime-format"
    assert (frame.overview.mismatches, frame.overview.legacy_rate, frame.console) == (1, None, None)
    assert frame.trouble == "nobody answers"


def test_without_evidence_that_needs_a_person(path: Path) -> None:
    frame = alone(path).frame(100, "")
    assert "there is no evidence at" in frame.overview.attention[0].sentence
    assert not path.with_name(".gateway").exists(), "looking makes nothing"


def test_the_map_is_followed_and_the_last_good_one_stays(path: Path) -> None:
    frames = alone(path)
    assert frames.frame(100, "").overview.routes == len(frames.frame(100, "").rows) - 1
    path.write_text(A_MAP.replace("mode: shadow", "mode: v2"), encoding="utf-8")
    assert Mode.V2 in {row.mode for row in frames.frame(100, "").rows}
    path.write_text("nonsense", encoding="utf-8")
    frame = frames.frame(100, "")
    assert Mode.V2 in {row.mode for row in frame.rows}
    assert any("refused" in one.sentence for one in frame.overview.attention)


def test_a_map_that_never_could_be_used_is_raised(path: Path) -> None:
    path.write_text("version: 2\n", encoding="utf-8")
    with pytest.raises(MapInvalid):
        alone(path).frame(100, "")


def test_the_kill_switch_is_a_file_and_therefore_known(path: Path) -> None:
    write_force(path, Force(Side.LEGACY, "ada", "", "fire"))
    overview = alone(path).frame(100, "").overview
    assert overview.force == "legacy"
    assert "fire" in overview.attention[0].sentence


def test_as_many_rows_as_there_is_room_for(tmp_path: Path) -> None:
    path = tmp_path / "migration_map.yaml"
    routes = "".join(f"  - {{id: r{number}, path: /r{number}}}\n" for number in range(450))
    path.write_text(A_MAP.partition("routes:")[0] + "routes:\n" + routes, encoding="utf-8")
    assert len(alone(path).frame(7, "").rows) == 7
    assert len({row.id for row in alone(path).frame(1000, "").rows}) == 451
