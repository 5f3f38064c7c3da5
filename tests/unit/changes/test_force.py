"""The kill switch, pulled and lifted."""

from __future__ import annotations

import pytest

from gateway.audit.history import settled
from gateway.changes.force import set_force
from gateway.changes.site import Site
from gateway.errors import ReasonRefused
from gateway.exchange import Side
from gateway.mapfile.force import Word, force_path, read_force
from tests.support.changing import ADA


def test_switch_is_a_file_and_a_line_in_the_log(site: Site) -> None:
    pulled = set_force(site, Side.LEGACY, ADA, reason="fire")
    assert (pulled.persisted, pulled.warnings) == (True, ())
    force = read_force(site.map_path)
    assert force == pulled.new
    assert force is not None
    assert (force.side, force.actor, force.reason) == (Side.LEGACY, "ada", "fire")
    lifted = set_force(site, None, ADA, reason="")
    assert (lifted.old, lifted.new, read_force(site.map_path)) == (force, None, None)
    acts = [
        (entry.act.old["side"], entry.act.new["side"], outcome) for entry, outcome in settled(site.audit.newest_first())
    ]
    assert acts == [("legacy", None, "done"), (None, "legacy", "done")]


def test_switch_works_while_the_map_is_wrong(site: Site) -> None:
    site.map_path.write_text("nonsense: [")
    set_force(site, Side.LEGACY, ADA, reason="fire")
    assert read_force(site.map_path) is not None


def test_switch_works_without_a_log(site: Site) -> None:
    """Case 174."""
    (site.map_path.parent / ".gateway").mkdir()
    site.audit.path.mkdir()
    pulled = set_force(site, Side.LEGACY, ADA, reason="fire")
    assert read_force(site.map_path) == pulled.new
    assert "without a line in the audit log" in pulled.warnings[0]


def test_switch_that_cannot_be_written_is_said_to_the_gateway(site: Site) -> None:
    (site.map_path.parent / ".gateway").write_text("a file where the folder should be")
    said: list[Word] = []
    pulled = set_force(site, Side.LEGACY, ADA, reason="fire", say=said.append)
    assert not pulled.persisted
    assert "in memory" in pulled.warnings[0]
    assert said == [Word(pulled.new, None)]
    with pytest.raises(OSError, match="Not a directory"):
        set_force(site, Side.LEGACY, ADA, reason="fire")


def test_switch_that_cannot_be_removed_is_lifted_in_memory(site: Site) -> None:
    on = set_force(site, Side.LEGACY, ADA, reason="fire").new
    said: list[Word] = []
    force_path(site.map_path).unlink()
    force_path(site.map_path).mkdir()  # as unremovable for root as for anybody
    lifted = set_force(site, None, ADA, reason="", say=said.append)
    assert (lifted.persisted, said) == (False, [Word(None, None)])
    assert on is not None


def test_lifting_takes_back_what_the_process_was_started_with(site: Site) -> None:
    said: list[Word] = []
    set_force(site, None, ADA, reason="", say=said.append)
    assert said == [Word(None, None)]


def test_pulling_needs_a_reason(site: Site) -> None:
    with pytest.raises(ReasonRefused):
        set_force(site, Side.LEGACY, ADA, reason=" ")
    assert read_force(site.map_path) is None
