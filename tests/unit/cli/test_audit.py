"""`gateway audit`: who changed what, and whether the log is whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def log(project: Path, gateway: Run) -> Path:
    """The log after a flip, an excuse and the kill switch."""
    gateway("flip", "employees.get", "shadow", "--reason", "first", "--no-wait")
    gateway("excuse", "index", "$.ts", "--reason", "clock")
    gateway("force", "legacy", "--reason", "fire", "--no-wait")
    gateway("flip", "index", "v2", "--no-wait")
    return project / ".gateway" / "audit.jsonl"


def test_everything_that_was_done_is_shown_the_latest_first(log: Path, gateway: Run):
    """Case 173"""
    rows = gateway("audit", "show").out.splitlines()[1:]
    assert [row.split()[3] for row in rows] == ["flip", "force", "excuse", "flip"]
    assert "refused" in rows[0]
    assert rows[3].split()[4:8] == ["employees.get", "legacy", "shadow", "done"]
    assert rows[3].rstrip().endswith("first")


def test_entries_are_for_machines_too(log: Path, gateway: Run):
    document = gateway("audit", "show", "--route", "employees.get", "--json").json
    (entry,) = document["entries"]
    assert (entry["action"], entry["outcome"], entry["source"]) == ("flip", "done", "cli")
    assert len(gateway("audit", "show", "--limit", "2", "--json").json["entries"]) == 2


def test_whole_log_is_whole_and_says_its_head(log: Path, gateway: Run):
    ran = gateway("audit", "verify")
    assert (ran.code, ran.err) == (0, "")
    head = ran.out.split()[-1]
    assert len(head) == 64
    assert gateway("audit", "verify", "--head", head[:12]).code == 0
    assert gateway("audit", "verify", "--head", "0" * 64).code == 1


TAMPERED: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "2: changed": lambda lines: [lines[0], lines[1].replace(b"first", b"later"), *lines[2:]],
    "3: missing": lambda lines: [*lines[:2], *lines[3:]],
    "4: reordered": lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]],
    "6: truncated": lambda lines: lines[:-1],
}


@pytest.mark.parametrize("tampered", TAMPERED)
def test_tampered_line_is_named_and_it_exits_1(log: Path, gateway: Run, tampered: str):
    """Case 173"""
    lines = log.read_bytes().splitlines(keepends=True)
    assert len(lines) == 6
    log.write_bytes(b"".join(TAMPERED[tampered](lines)))
    ran = gateway("audit", "verify")
    assert ran.code == 1
    assert f"audit.jsonl:{tampered}:" in ran.out
    document = gateway("audit", "verify", "--json").json
    assert document["whole"] is False
    assert tampered in [f"{finding['line']}: {finding['fault']}" for finding in document["findings"]]


@pytest.mark.parametrize(("moment", "words"), [("begun", "it was not made"), ("written", "it was made")])
def test_interrupted_change_is_explained_by_the_map(project: Path, gateway: Run, moment: str, words: str):
    """Case 171: killed between the log's line and the map, or behind it."""
    before = project / "before.yaml"
    shutil.copy(project / "migration_map.yaml", before)
    gateway("flip", "employees.get", "shadow", "--no-wait")
    log = project / ".gateway" / "audit.jsonl"
    log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])
    entry = gateway("audit", "show", "--json").json["entries"][0]
    (project / ".gateway" / "audit.head").write_text(f'{{"seq": 1, "hash": "{entry["hash"]}"}}')
    if moment == "begun":
        shutil.copy(before, project / "migration_map.yaml")
    assert entry["outcome"] == "interrupted"
    ran = gateway("audit", "verify")
    assert (ran.code, words in ran.err) == (0, True)


def test_map_without_a_log_has_nothing_to_show(project: Path, gateway: Run):
    assert gateway("audit", "show", "--json").json["entries"] == []
    assert gateway("audit", "verify").code == 0
