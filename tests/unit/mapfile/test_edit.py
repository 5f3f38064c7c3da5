"""The file under a flip: whole or untouched, one writer at a time, and a journal of all of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.errors import FlipRefused, MapConflict, MapInvalid
from gateway.mapfile.edit import flip
from gateway.mapfile.journal import journal_path, last_flip, recent_flips
from gateway.mapfile.load import read_map
from gateway.mapfile.store import exclusive
from gateway.routing.mode import Mode
from tests.support.maps import A_MAP


def test_a_flip_is_in_the_file_and_in_the_journal(map_path):
    before = read_map(map_path)
    edit = flip(map_path, "employees.get", Mode.V2, actor="ada", reason="friday", forced=True)
    assert map_path.read_text() == A_MAP.replace("mode: shadow", "mode: v2")
    assert (edit.old_revision, edit.new_revision) == (before.revision, read_map(map_path).revision)
    record = last_flip(map_path)
    assert record is not None
    assert (record.seq, record.route, record.old, record.new) == (1, "employees.get", Mode.SHADOW, Mode.V2)
    assert (record.revision_before, record.revision_after) == (edit.old_revision, edit.new_revision)
    assert (record.actor, record.reason, record.forced) == ("ada", "friday", True)
    assert record.time.endswith("Z")


def test_nothing_is_left_beside_the_map_but_the_journal(map_path):
    flip(map_path, "employees.get", Mode.V2)
    assert sorted(path.name for path in map_path.parent.iterdir()) == [".gateway", "migration_map.yaml"]


def test_a_flip_to_where_the_route_is_writes_nothing(map_path):
    inode = map_path.stat().st_ino
    assert not flip(map_path, "employees.get", Mode.SHADOW).changed
    assert map_path.stat().st_ino == inode
    assert last_flip(map_path) is None


def test_mode_and_owner_of_the_file_stay(map_path):
    map_path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(map_path, 12345, 54321)
    before = map_path.stat()
    flip(map_path, "employees.get", Mode.V2)
    after = map_path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


def test_a_link_stays_a_link(map_path, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = elsewhere / "map.yaml"
    link.symlink_to(Path("..") / "migration_map.yaml")
    flip(link, "employees.get", Mode.V2)
    assert link.is_symlink()
    assert "mode: v2" in map_path.read_text()
    assert last_flip(link) == last_flip(map_path) is not None


def test_a_config_map_is_not_written_but_its_edit_is_shown(tmp_path):
    version = tmp_path / "..2026_11_20"
    version.mkdir()
    (version / "migration_map.yaml").write_text(A_MAP)
    (tmp_path / "..data").symlink_to(version.name)
    mounted = tmp_path / "migration_map.yaml"
    mounted.symlink_to("..data/migration_map.yaml")
    with pytest.raises(FlipRefused, match=r"mounted from a ConfigMap[\s\S]*-     mode: shadow\n\+     mode: v2"):
        flip(mounted, "employees.get", Mode.V2)
    assert mounted.read_text() == A_MAP


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_file_that_cannot_be_written_stays_and_its_edit_is_shown(map_path):
    """The limit on file sizes fails the write itself, for root as well."""
    done = run(
        """
        import resource, sys
        from pathlib import Path
        from gateway.mapfile.edit import flip
        from gateway.routing.mode import Mode
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
        try:
            flip(Path(sys.argv[1]), "employees.get", Mode.V2)
        except Exception as error:
            sys.stdout.write(f"{type(error).__name__}: {error}")
        """,
        map_path,
    )
    assert done.stdout.startswith("FlipRefused: ")
    assert "cannot be written: File too large; make this edit where the map is kept" in done.stdout
    assert "+     mode: v2" in done.stdout
    assert map_path.read_text() == A_MAP
    assert [path.name for path in map_path.parent.iterdir()] == ["migration_map.yaml"]


def test_a_journal_that_cannot_be_written_is_a_warning(map_path):
    (map_path.parent / ".gateway").write_text("a file where the journal's folder should be")
    edit = flip(map_path, "employees.get", Mode.V2)
    assert "the flip is in force, but the journal could not be written" in edit.warnings[0]
    assert "mode: v2" in map_path.read_text()


def test_a_torn_line_of_the_journal_costs_only_itself(map_path):
    flip(map_path, "employees.get", Mode.V2)
    with journal_path(map_path).open("ab") as journal:
        journal.write(b'{"seq": 2, "route": "empl')
    flip(map_path, "employees.get", Mode.LEGACY)
    assert [record.new for record in recent_flips(map_path)] == [Mode.LEGACY, Mode.V2]
    assert [record.seq for record in recent_flips(map_path)] == [2, 1]


def test_the_last_flip_of_one_route_is_found_behind_others(map_path):
    flip(map_path, "employees.get", Mode.V2)
    flip(map_path, "articles", Mode.CANARY, percent=50)
    record = last_flip(map_path, "employees.get")
    assert record is not None
    assert record.seq == 1
    latest = last_flip(map_path)
    assert latest is not None
    assert (latest.old_percent, latest.new_percent) == (10, 50)


def test_a_stale_revision_is_refused_and_nothing_is_written(map_path):
    """Case 170"""
    stale = read_map(map_path).revision
    flip(map_path, "employees.get", Mode.V2)
    with pytest.raises(MapConflict):
        flip(map_path, "employees.get", Mode.LEGACY, expected_revision=stale)
    assert "mode: v2" in map_path.read_text()


def test_a_writer_that_does_not_finish_is_not_waited_for_for_ever(map_path):
    with (
        exclusive(map_path.parent),
        pytest.raises(MapConflict, match="another edit has held"),
        exclusive(map_path.parent, patience=0.05),
    ):
        pass


@pytest.mark.parametrize("state", ["missing", "directory", "fifo"])
def test_what_is_not_a_map_is_not_flipped(tmp_path, state):
    path = tmp_path / "migration_map.yaml"
    if state == "directory":
        path.mkdir()
    elif state == "fifo":
        os.mkfifo(path)
    with pytest.raises(MapInvalid):
        flip(path, "employees.get", Mode.V2)


def test_fifty_parallel_writers_make_one_line_of_history(map_path):
    """Case 170: the final file is one of them, and each began where another ended."""

    def write(number: int) -> str:
        return flip(map_path, "articles", Mode.CANARY, percent=11 + number).new_revision

    first = read_map(map_path).revision
    with ThreadPoolExecutor(50) as pool:
        revisions = set(pool.map(write, range(50)))
    assert read_map(map_path).revision in revisions
    records = [json.loads(line) for line in journal_path(map_path).read_text().splitlines()]
    assert [record["seq"] for record in records] == list(range(1, 51))
    assert [record["revision_before"] for record in records] == [
        first,
        *(record["revision_after"] for record in records[:-1]),
    ]


def test_of_parallel_writers_of_one_revision_exactly_one_succeeds(map_path):
    """Case 170"""
    revision = read_map(map_path).revision

    def write(number: int) -> bool:
        try:
            flip(map_path, "articles", Mode.CANARY, percent=11 + number, expected_revision=revision)
        except MapConflict:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(write, range(20))) == 1


def test_writers_in_other_processes_wait_for_each_other_as_well(map_path):
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from gateway.mapfile.edit import flip
        from gateway.routing.mode import Mode
        for number in range(10):
            flip(Path(sys.argv[1]), "articles", Mode.CANARY, percent=int(sys.argv[2]) + number)
    """)
    writers = [subprocess.Popen([sys.executable, "-c", script, str(map_path), str(start)]) for start in (20, 40, 60)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert [record.seq for record in recent_flips(map_path)] == list(range(30, 0, -1))


def test_a_writer_that_is_killed_leaves_the_old_map_or_the_new_one(map_path):
    """Case 171: killed at a different moment each time; the next writer clears up behind it."""
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from gateway.mapfile.edit import flip
        from gateway.routing.mode import Mode
        print("ready", flush=True)
        number = 0
        while True:
            number = number % 90 + 1
            flip(Path(sys.argv[1]), "articles", Mode.CANARY, percent=number)
    """)
    for delay in range(6):
        with subprocess.Popen([sys.executable, "-c", script, str(map_path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            try:
                writer.wait(0.05 + delay * 0.0137)
            except subprocess.TimeoutExpired:
                writer.send_signal(signal.SIGKILL)
        assert read_map(map_path).by_id("articles").canary is not None
    flip(map_path, "articles", Mode.LEGACY)
    assert sorted(path.name for path in map_path.parent.iterdir()) == [".gateway", "migration_map.yaml"]
