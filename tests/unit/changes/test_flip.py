"""A flip from being asked for to being written down."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.audit.entry import Action, Caller
from gateway.audit.history import last_flip, settled
from gateway.changes.flip import Flip, make_flip, preview, to_legacy
from gateway.changes.site import Site
from gateway.errors import AuditUnwritable, GateRefused, MapConflict, MapReadOnly, ReasonRefused
from gateway.mapfile.flip import Wanted
from gateway.mapfile.load import read_map
from gateway.routing.mode import Mode
from tests.support.changing import ADA, flipped
from tests.support.evidence import Evidence
from tests.support.maps import A_MAP

FORCED = Flip("employees.get", Wanted(Mode.V2), "tested by hand", force=True)
UP = Flip("employees.get", Wanted(Mode.CANARY, 5.0))
EASY = A_MAP.replace("    mode: shadow\n", "    mode: shadow\n    gate: {parity: 90%}\n")


def outcomes(site: Site) -> list[tuple[str, str]]:
    return [(entry.act.action.value, outcome) for entry, outcome in settled(site.audit.newest_first())]


def make_log_unwritable(site: Site) -> None:
    (site.map_path.parent / ".gateway").mkdir(exist_ok=True)
    site.audit.path.mkdir()


def test_flip_is_in_the_map_and_in_the_log(site: Site) -> None:
    """Case 173."""
    before = read_map(site.map_path)
    done = make_flip(site, FORCED, Caller("ada", "cli"))
    assert site.map_path.read_text() == A_MAP.replace("mode: shadow", "mode: v2")
    assert (done.edit.old_revision, done.edit.new_revision) == (before.revision, read_map(site.map_path).revision)
    flip = last_flip(site.audit)
    assert flip is not None
    assert (flip.route, flip.old, flip.new) == ("employees.get", Mode.SHADOW, Mode.V2)
    assert (flip.revision_before, flip.revision_after) == (done.edit.old_revision, done.edit.new_revision)
    assert (flip.actor, flip.source, flip.reason, flip.forced) == ("ada", "cli", "tested by hand", True)
    assert flip.gate == "unavailable"
    assert outcomes(site) == [("flip", "done")]
    assert site.audit.verify().holds


def test_flip_to_where_the_route_is_writes_nothing(site: Site) -> None:
    inode = site.map_path.stat().st_ino
    assert not make_flip(site, Flip("employees.get", Wanted(Mode.SHADOW)), ADA).edit.changed
    assert site.map_path.stat().st_ino == inode
    assert outcomes(site) == []


def test_gate_refuses_what_the_evidence_does_not_carry_and_the_log_has_it(site: Site) -> None:
    """Case 175."""
    with pytest.raises(
        GateRefused, match=r"employees\.get may not move to canary: the gate says unavailable"
    ) as caught:
        make_flip(site, UP, ADA)
    assert caught.value.state == "unavailable"
    assert site.map_path.read_text() == A_MAP
    (entry,) = site.audit.newest_first()
    assert (entry.act.outcome, entry.act.gate, entry.act.forced) == ("refused", "unavailable", False)
    assert "there is no evidence" in entry.act.note


def test_gate_lets_through_what_the_evidence_carries(site: Site) -> None:
    """Case 175."""
    site.map_path.write_text(EASY)
    evidence = Evidence(site.map_path)
    evidence.saw_equal("employees.get", 60)
    evidence.write()
    assert make_flip(site, UP, ADA).edit.changed
    flip = last_flip(site.audit)
    assert flip is not None
    assert (flip.gate, flip.forced, flip.new_percent) == ("ready", False, 5)


def test_force_needs_a_reason_and_both_are_in_the_log(site: Site) -> None:
    """Case 175."""
    with pytest.raises(ReasonRefused):
        make_flip(site, Flip("employees.get", Wanted(Mode.V2), "  ", force=True), ADA)
    assert outcomes(site) == []
    make_flip(site, FORCED, ADA)
    flip = last_flip(site.audit)
    assert flip is not None
    assert (flip.forced, flip.reason) == (True, "tested by hand")


def test_refusal_that_cannot_be_written_down_is_still_one(site: Site) -> None:
    make_log_unwritable(site)
    with pytest.raises(GateRefused):
        make_flip(site, UP, ADA)
    assert site.map_path.read_text() == A_MAP


@pytest.mark.parametrize("mode", [Mode.SHADOW, Mode.V2])
def test_flip_that_cannot_be_written_down_is_not_made(site: Site, mode: Mode) -> None:
    """Case 174."""
    make_log_unwritable(site)
    with pytest.raises(AuditUnwritable):
        make_flip(site, Flip("health", Wanted(mode), "because", force=True), ADA)
    assert site.map_path.read_text() == A_MAP


@pytest.mark.parametrize("flip", [to_legacy("employees.get"), Flip("employees.get", Wanted(Mode.LEGACY))])
def test_way_back_to_legacy_is_open_without_a_log(site: Site, flip: Flip) -> None:
    """Case 174: with a warning."""
    make_log_unwritable(site)
    done = make_flip(site, flip, ADA)
    assert "without a line in the audit log" in done.edit.warnings[0]
    route = read_map(site.map_path).by_id("employees.get")
    assert route is not None
    assert route.mode is Mode.LEGACY


def test_rollback_is_called_one_in_the_log(site: Site) -> None:
    make_flip(site, to_legacy("employees.get", reason="errors"), ADA)
    (entry, outcome), *_ = settled(site.audit.newest_first())
    assert (entry.act.action, outcome, entry.act.reason) == (Action.ROLLBACK, "done", "errors")


def test_map_that_is_read_only_is_left_alone_and_its_edit_is_said(tmp_path: Path, site: Site) -> None:
    (tmp_path / "..data").mkdir()
    site.map_path.rename(tmp_path / "..data" / "migration_map.yaml")
    site.map_path.symlink_to("..data/migration_map.yaml")
    with pytest.raises(MapReadOnly) as caught:
        make_flip(site, FORCED, ADA)
    assert caught.value.diff == ("-     mode: shadow", "+     mode: v2")
    assert outcomes(Site(site.map_path, None)) == [("flip", "failed")]
    with pytest.raises(MapReadOnly, match="mounted from a ConfigMap"):
        preview(site, FORCED)


def test_read_only_map_is_said_also_where_its_log_is_as_read_only(tmp_path: Path, site: Site) -> None:
    """A ConfigMap: `.gateway` would be in it."""
    folder = tmp_path / "..data"
    folder.mkdir()
    site.map_path.rename(folder / "migration_map.yaml")
    site.map_path.symlink_to("..data/migration_map.yaml")
    (folder / ".gateway").write_text("nothing can be written here")
    for flip in (FORCED, to_legacy("employees.get")):
        with pytest.raises(MapReadOnly):
            make_flip(site, flip, ADA)


def test_preview_says_what_would_be_done_and_writes_nothing(site: Site) -> None:
    assert preview(site, FORCED).edit.diff == ("-     mode: shadow", "+     mode: v2")
    with pytest.raises(GateRefused) as caught:
        preview(site, UP)
    assert caught.value.diff[0] == "-     mode: shadow"
    assert site.map_path.read_text() == A_MAP
    assert not (site.map_path.parent / ".gateway").exists()


def test_stale_revision_is_refused_and_nothing_is_written(site: Site) -> None:
    """Case 170."""
    stale = read_map(site.map_path).revision
    flipped(site.map_path, "employees.get", Mode.V2)
    with pytest.raises(MapConflict):
        flipped(site.map_path, "employees.get", Mode.LEGACY, revision=stale)
    assert "mode: v2" in site.map_path.read_text()


def test_fifty_parallel_writers_make_one_line_of_history(site: Site) -> None:
    """Case 170: the final file is one of them, and each began where another ended."""

    def write(number: int) -> str:
        return flipped(site.map_path, "articles", Mode.CANARY, percent=11 + number).new_revision

    first = read_map(site.map_path).revision
    with ThreadPoolExecutor(50) as pool:
        revisions = set(pool.map(write, range(50)))
    assert read_map(site.map_path).revision in revisions
    made = [entry.act for entry, outcome in settled(site.audit.newest_first()) if outcome == "done"][::-1]
    assert len(made) == 50
    assert [act.before for act in made] == [first, *(act.after for act in made[:-1])]
    assert site.audit.verify().holds


def test_of_parallel_writers_of_one_revision_exactly_one_succeeds(site: Site) -> None:
    """Case 170."""
    revision = read_map(site.map_path).revision

    def write(number: int) -> bool:
        try:
            flipped(site.map_path, "articles", Mode.CANARY, percent=11 + number, revision=revision)
        except MapConflict:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(write, range(20))) == 1


def test_link_to_a_map_has_the_log_of_the_map(site: Site, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere.yaml"
    link.symlink_to(site.map_path)
    flipped(link, "employees.get", Mode.V2)
    assert last_flip(Site(link, None).audit) == last_flip(site.audit) is not None
