"""The map in force, and the one on disk when that is another."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.console.map_book import MapBook
from gateway.errors import MapInvalid
from gateway.mapfile.load import read_map, revision_of
from tests.support.console import Operated
from tests.support.picture import MAP


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "m.yaml").write_text(MAP)
    return tmp_path / "m.yaml"


def test_the_process_that_has_the_map_is_believed(path: Path) -> None:
    loaded = read_map(path)
    operated = Operated()
    operated.loaded = lambda: loaded  # type: ignore[method-assign]
    path.unlink()
    assert MapBook(path, operated).in_force("whatever") is loaded


def test_a_supervisor_reads_the_file_until_it_has_the_revision_in_force(path: Path) -> None:
    book = MapBook(path, Operated())
    first = book.in_force("")
    assert book.in_force(first.revision) is first
    changed = MAP.replace("mode: v2", "mode: shadow")
    path.write_text(changed)
    assert book.in_force(first.revision) is first, "the workers have not taken it yet"
    second = book.in_force(revision_of(changed.encode()))
    assert second.revision != first.revision
    path.write_text("nonsense")
    assert book.in_force("not on disk") is second


def test_no_map_at_all_is_said(tmp_path: Path) -> None:
    with pytest.raises(MapInvalid):
        MapBook(tmp_path / "m.yaml", Operated()).in_force("")


def test_a_refused_version_is_shown_until_it_is_mended(path: Path) -> None:
    book = MapBook(path, Operated())
    book.in_force("")
    book.look()
    assert (book.refusal(), book.refused()) == (None, None)
    path.write_text(MAP.replace("mode: v2", "mode: v3"))
    book.look()
    refusal, refused = book.refusal(), book.refused()
    assert refusal is not None
    assert refused is not None
    assert "v3" in refusal.sentence
    assert any("v3" in line.text and line.problems for line in refused.lines)
    path.write_text(MAP + "# mended\n")
    book.look()
    assert book.refusal() is None, "it is about to come into force"


def test_a_file_that_is_gone_is_a_refusal_without_lines(path: Path) -> None:
    book = MapBook(path, Operated())
    book.in_force("")
    path.unlink()
    book.look()
    refused = book.refused()
    assert refused is not None
    assert (refused.lines, bool(refused.unreadable)) == ((), True)


def test_a_version_that_is_no_text_is_shown_as_far_as_it_is(path: Path) -> None:
    book = MapBook(path, Operated())
    book.in_force("")
    path.write_bytes(b"version: 1\n\xff\xfe\n")
    book.look()
    refused = book.refused()
    assert refused is not None
    assert refused.problems == 1
