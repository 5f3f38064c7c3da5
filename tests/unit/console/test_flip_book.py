"""The flips of a map, read again when there are more."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.audit.entry import Act, Action, Outcome
from gateway.audit.log import AuditLog
from gateway.console.flip_book import FlipBook


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "m.yaml").write_text("version: 1\n")
    return tmp_path / "m.yaml"


def flip(path: Path, route: str) -> None:
    rungs = {"old": {"mode": "shadow", "percent": None}, "new": {"mode": "canary", "percent": 5.0}}
    AuditLog(path).append(Act(Action.FLIP, Outcome.DONE, "ada", "cli", route=route, **rungs))


def test_without_a_log_there_are_none(path: Path) -> None:
    assert FlipBook(path).latest() == ()


def test_the_latest_comes_first_and_new_ones_are_seen(path: Path) -> None:
    book = FlipBook(path)
    flip(path, "a")
    first = book.latest()
    assert [one.route for one in first] == ["a"]
    assert book.latest() is first, "nothing is read twice"
    flip(path, "b")
    assert [one.route for one in book.latest()] == ["b", "a"]


def test_a_log_that_cannot_be_read_leaves_what_was_known(path: Path) -> None:
    book = FlipBook(path)
    flip(path, "a")
    known = book.latest()
    log = AuditLog(path).path
    log.unlink()
    log.mkdir()
    assert book.latest() == known
