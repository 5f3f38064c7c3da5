"""What earlier releases kept of flips."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.audit.journal import journal_of

FLIP = {
    "time": "t", "route": "a", "old": "legacy", "new": "v2", "actor": "ada",
    "revision_before": "b", "revision_after": "c",
}  # fmt: skip


def write(tmp_path: Path, *lines: str) -> Path:
    (tmp_path / ".gateway").mkdir()
    (tmp_path / ".gateway" / "flips.jsonl").write_text("".join(line + "\n" for line in lines))
    return tmp_path / "migration_map.yaml"


def test_no_journal_is_no_history(tmp_path: Path) -> None:
    assert journal_of(tmp_path / "migration_map.yaml") == []


@pytest.mark.parametrize("line", ["", "{}", "[]", "null", "7", "{", json.dumps({**FLIP, "actor": 1})[:-3]])
def test_lines_that_cannot_be_read_are_left_out(tmp_path: Path, line: str) -> None:
    path = write(tmp_path, json.dumps(FLIP), line, json.dumps({**FLIP, "route": "z"}))
    assert [act.route for _, act in journal_of(path)] == ["a", "z"]
