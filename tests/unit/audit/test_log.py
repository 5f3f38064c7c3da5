"""The audit log as a file: appended to by one at a time, whole or not at all."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.audit.entry import Act, Action, Outcome
from gateway.audit.log import AuditLog
from gateway.errors import AuditUnwritable
from gateway.mapfile.store import exclusive

ACT = Act(Action.FLIP, Outcome.DONE, "ada", "cli", "a")


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return AuditLog(tmp_path / "migration_map.yaml")


def seqs(log: AuditLog) -> list[int]:
    return [entry.seq for entry in log.newest_first()]


def test_entries_follow_each_other(log: AuditLog) -> None:
    assert (seqs(log), log.verify().holds) == ([], True)
    written = [log.append(ACT) for _ in range(3)]
    assert list(log.newest_first()) == written[::-1]
    report = log.verify()
    assert (report.holds, report.entries) == (True, 3)
    assert report.head is not None
    assert report.head.hash == written[-1].hash


def test_log_is_for_its_owner_alone(log: AuditLog) -> None:
    log.append(ACT)
    assert {path.stat().st_mode & 0o777 for path in (log.path, log.head_path)} == {0o600}
    assert sorted(path.name for path in log.path.parent.iterdir()) == ["audit.head", "audit.jsonl"]


def test_parallel_writers_make_one_chain(log: AuditLog) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: log.append(ACT), range(40)))
    assert seqs(log) == list(range(40, 0, -1))
    assert log.verify().holds


def test_long_log_is_read_from_its_end_without_missing_a_line(log: AuditLog) -> None:
    wide = Act(Action.FLIP, Outcome.DONE, "ada", "cli", "a", reason="x" * 900)
    for _ in range(150):
        log.append(wide)
    assert log.path.stat().st_size > 2 * 64 * 1024
    assert seqs(log) == list(range(150, 0, -1))


def test_torn_last_line_costs_only_itself(log: AuditLog) -> None:
    log.append(ACT)
    with log.path.open("ab") as file:
        file.write(b'{"seq": 2, "action": "fl')
    assert (seqs(log), log.verify().holds) == ([1], True)
    log.append(ACT)
    assert (seqs(log), log.verify().holds) == ([2, 1], True)


def test_line_that_only_lacks_its_end_is_kept(log: AuditLog) -> None:
    first, second = log.append(ACT), log.append(ACT)
    log.path.write_bytes(log.path.read_bytes().rstrip(b"\n"))
    third = log.append(ACT)
    assert list(log.newest_first()) == [third, second, first]
    assert log.verify().holds


def test_log_that_was_cut_goes_on_where_its_head_was_and_stays_a_fault(log: AuditLog) -> None:
    """Case 173: whoever removes lines cannot let new ones cover it."""
    for _ in range(3):
        log.append(ACT)
    log.path.write_bytes(log.path.read_bytes().split(b"\n")[0] + b"\n")
    assert log.append(ACT).seq == 4
    assert [finding.fault.value for finding in log.verify().findings] == ["missing"]


def test_log_that_was_removed_goes_on_where_its_head_was(log: AuditLog) -> None:
    for _ in range(3):
        log.append(ACT)
    log.path.unlink()
    assert log.append(ACT).seq == 4
    assert [finding.sentence for finding in log.verify().findings] == ["entries 1 to 3 should stand before entry 4"]


def test_line_that_is_no_entry_stops_nobody_from_writing_the_next(log: AuditLog) -> None:
    log.append(ACT)
    with log.path.open("ab") as file:
        file.write(b"nonsense\n")
    assert log.append(ACT).seq == 2
    assert [finding.line for finding in log.verify().findings] == [2]


@pytest.mark.parametrize("obstacle", ["folder", "log", "head"])
def test_log_that_cannot_be_written_says_so_and_adds_nothing(log: AuditLog, obstacle: str) -> None:
    """Case 174."""
    folder = log.path.parent
    if obstacle == "folder":
        folder.write_text("a file where the folder should be")
    else:
        folder.mkdir()
        (log.path if obstacle == "log" else log.head_path).mkdir()
    with pytest.raises(AuditUnwritable, match="cannot be written"):
        log.append(ACT)
    if obstacle == "head":
        assert log.path.read_bytes() == b""


def test_full_disk_takes_back_what_it_took(log: AuditLog) -> None:
    """Case 174: the limit on file sizes fails the write in the middle of a line, for root as well."""
    log.append(ACT)
    before = log.path.read_bytes()
    script = """
        import resource, signal, sys
        from pathlib import Path
        from gateway.audit.entry import Act, Action, Outcome
        from gateway.audit.log import AuditLog
        from gateway.errors import AuditUnwritable
        size = int(sys.argv[2])
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        try:
            AuditLog(Path(sys.argv[1])).append(Act(Action.FLIP, Outcome.DONE, "ada", "cli"))
        except AuditUnwritable as error:
            sys.stdout.write(str(error))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(log.map_path), str(len(before) + 20)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert "File too large" in done.stdout, done.stderr
    assert log.path.read_bytes() == before
    assert log.verify().holds
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != len(before) + 20


def test_writer_that_does_not_finish_is_not_waited_for_for_ever(log: AuditLog) -> None:
    log.append(ACT)
    with exclusive(log.path.parent), pytest.raises(AuditUnwritable, match="another edit has held"):
        log.append(ACT)


def test_flips_of_an_earlier_release_are_the_first_entries(log: AuditLog) -> None:
    flip = {
        "seq": 1, "time": "2026-11-20T18:24:00.120Z", "route": "a", "old": "shadow", "new": "canary",
        "old_percent": None, "new_percent": 5.0, "revision_before": "b", "revision_after": "c", "actor": "ada",
        "reason": "friday", "forced": True,
    }  # fmt: skip
    log.path.parent.mkdir()
    journal = log.path.parent / "flips.jsonl"
    journal.write_text(json.dumps(flip) + "\n" + '{"seq": 2, "rou')
    (read,) = log.newest_first()
    assert not log.path.exists()
    second = log.append(ACT)
    assert list(log.newest_first()) == [second, read]
    assert (read.time, read.act.source, read.act.reason, read.act.forced) == (
        flip["time"],
        "flips.jsonl",
        "friday",
        True,
    )
    assert read.act.new == {"mode": "canary", "percent": 5.0}
    assert log.verify().holds
    assert log.append(ACT).seq == 3
    assert journal.exists()
