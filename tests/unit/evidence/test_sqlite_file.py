"""The file of a store."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gateway.errors import EvidenceUnavailable
from gateway.evidence import sqlite_file
from gateway.evidence.sqlite_file import SqliteFile, private_folder


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_the_file_and_its_folder_are_the_owners_alone(tmp_path: Path, umask: int) -> None:
    """Case 148: whatever the umask is."""
    file = SqliteFile(tmp_path / "new" / "e.sqlite3")
    before = os.umask(umask)
    try:
        file.prepare()
    finally:
        os.umask(before)
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    """Case 148."""
    path = tmp_path / "e.sqlite3"
    path.touch(0o644)
    SqliteFile(path).prepare()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_database_that_is_in_use_keeps_its_locks(tmp_path: Path) -> None:
    """Another process that reads and leaves must not take itself for the last one: it would delete the log in use."""
    file = SqliteFile(tmp_path / "e.sqlite3")
    file.prepare()
    with contextlib.closing(sqlite3.connect(file.path, isolation_level=None)) as used:
        used.execute("PRAGMA journal_mode=WAL")
        used.execute("CREATE TABLE t (x)")
        used.execute("INSERT INTO t VALUES (1)")
        file.prepare()  # as when a second part of the same process opens the same store
        visit = (
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM t').fetchall(); c.close()"
        )
        subprocess.run([sys.executable, "-c", visit, str(file.path)], check=True)
        assert file.path.with_name("e.sqlite3-wal").exists(), "the visitor took the log away"


def test_what_is_no_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "e.sqlite3"
    path.mkdir(0o755)
    with pytest.raises(EvidenceUnavailable, match="it is no file"):
        SqliteFile(path).prepare()
    assert path.stat().st_mode & 0o777 == 0o755


def test_only_the_gateways_own_folder_is_closed_when_it_was_there(tmp_path: Path) -> None:
    own, other = tmp_path / ".gateway", tmp_path / "data"
    for folder in (own, other):
        folder.mkdir()
        folder.chmod(0o755)
        private_folder(folder)
    assert own.stat().st_mode & 0o777 == 0o700
    assert other.stat().st_mode & 0o777 == 0o755


def test_another_file_of_the_same_name_is_another(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "e.sqlite3")
    assert file.identity() is None
    file.prepare()
    first = file.identity()
    assert first == file.identity()
    file.path.rename(tmp_path / "aside")
    file.prepare()
    assert file.identity() != first


def test_a_file_is_put_aside_with_its_log(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "e.sqlite3")
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"e.sqlite3{suffix}").write_text(suffix or "main")
    aside = file.put_aside()
    assert aside.name.startswith("e.sqlite3.corrupt-")
    assert (aside.read_text(), (tmp_path / f"{aside.name}-wal").read_text()) == ("main", "-wal")
    assert not file.path.exists()


def test_one_at_a_time_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "LOCK_SECONDS", 0.1)
    file = SqliteFile(tmp_path / "e.sqlite3")
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with file.locked():
            inside.set()
            leave.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    assert inside.wait(20)
    try:
        with pytest.raises(EvidenceUnavailable, match="another process"), file.locked():
            raise AssertionError("two at once")
    finally:
        leave.set()
        holder.join(20)
    with file.locked():
        pass


def test_what_the_file_system_refuses_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    file = SqliteFile(tmp_path / "file" / "e.sqlite3")
    with pytest.raises(EvidenceUnavailable, match="cannot be made"):
        file.prepare()
    with pytest.raises(EvidenceUnavailable, match="cannot be locked"), file.locked():
        raise AssertionError("locked nothing")
