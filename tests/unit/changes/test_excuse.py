"""An excuse, made and written down."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.audit.history import settled
from gateway.changes.excuse import make_excuse, preview
from gateway.changes.site import Site
from gateway.errors import AuditUnwritable, ExcuseRefused, MapConflict
from gateway.mapfile.load import read_map
from gateway.parity.rules import Excuse
from tests.support.changing import ADA
from tests.support.maps import A_MAP

CLOCK = Excuse(" a clock ", at="$.meta.ts", expires=date(2099, 1, 1))


def test_excuse_is_in_the_map_and_in_the_log(site: Site) -> None:
    edit, warnings = make_excuse(site, "employees.get", CLOCK, ADA, revision=read_map(site.map_path).revision[:12])
    assert (edit.changed, warnings) == (True, ())
    assert "$.meta.ts" in site.map_path.read_text()
    (entry, outcome), *_ = settled(site.audit.newest_first())
    assert (outcome, entry.act.route, entry.act.reason) == ("done", "employees.get", "a clock")
    assert entry.act.new == {"at": "$.meta.ts", "header": None, "reason": "a clock", "expires": "2099-01-01"}
    assert (entry.act.before, entry.act.after) == (edit.old_revision, edit.new_revision)


def test_renewed_excuse_says_what_it_was(site: Site) -> None:
    make_excuse(site, "employees.get", Excuse("later", at="$.generated_at"), ADA)
    (entry, _), *_ = settled(site.audit.newest_first())
    assert (entry.act.old["reason"], entry.act.new["reason"]) == ("clock", "later")


def test_same_excuse_again_writes_nothing(site: Site) -> None:
    make_excuse(site, "employees.get", CLOCK, ADA)
    before = len(list(site.audit.newest_first()))
    edit, _ = make_excuse(site, "employees.get", CLOCK, ADA)
    assert not edit.changed
    assert len(list(site.audit.newest_first())) == before


def test_preview_writes_nothing(site: Site) -> None:
    assert preview(site, "employees.get", CLOCK).changed
    assert site.map_path.read_text() == A_MAP


def test_excuse_that_cannot_be_written_down_is_not_made(site: Site) -> None:
    """Case 174."""
    (site.map_path.parent / ".gateway").write_text("a file")
    with pytest.raises(AuditUnwritable):
        make_excuse(site, "employees.get", CLOCK, ADA)
    assert site.map_path.read_text() == A_MAP


def test_stale_revision_and_no_reason_are_refused(site: Site) -> None:
    with pytest.raises(MapConflict):
        make_excuse(site, "employees.get", CLOCK, ADA, revision="0" * 12)
    with pytest.raises(ExcuseRefused, match="the reason is empty"):
        make_excuse(site, "employees.get", Excuse(" ", at="$.a"), ADA)
