"""Opening: where, what is damaged, and what is not ours."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.errors import EvidenceRefused, EvidenceUnavailable
from gateway.evidence.opening import evidence_url, open_store, own_folder, read_store
from gateway.evidence.sql import SqlStore
from gateway.parity.difference import Verdict
from tests.support.records import a_record, a_sample

Open = Callable[[], SqlStore]


def test_where_evidence_is_kept(tmp_path: Path) -> None:
    map_path = tmp_path / "migration_map.yaml"
    assert evidence_url("", map_path) == f"sqlite:///{tmp_path.resolve()}/.gateway/evidence.sqlite3"
    assert evidence_url("off", map_path) is None
    assert evidence_url("postgresql://h/n", map_path) == "postgresql://h/n"
    assert own_folder(map_path) == tmp_path.resolve() / ".gateway"


def fill(store: SqlStore) -> None:
    for number in range(40):
        sample = a_sample(number, signature=f"s{number}", size=2000)
        store.add([a_record(number, Verdict.MISMATCH, signature=f"s{number}", sample=sample)])


def damages() -> dict[str, Callable[[bytes], bytes]]:
    def flip(content: bytes) -> bytes:
        changed = bytearray(content)
        for position in random.Random(7).sample(range(len(changed)), 200):  # noqa: S311 - the same bytes every time
            changed[position] ^= 0xFF
        return bytes(changed)

    return {
        "flipped": flip,
        "header": lambda content: b"\xff" * 100 + content[100:],
        "truncated": lambda content: content[: len(content) // 2],
        "cut in a page": lambda content: content[:1000],
        "not a database": lambda _: b"this is a text file\n" * 100,
        "a page in the middle": lambda content: content[:40_960] + bytes(4096) + content[45_056:],
        "zeroes": lambda content: bytes(len(content)),
    }


@pytest.mark.parametrize("damage", damages())
def test_a_damaged_store_is_put_aside_and_a_new_one_begun(file: Path, open_file: Open, told, damage: str) -> None:
    """Case 142: the gateway starts, and says what it did."""
    store = open_file()
    fill(store)
    store.close()
    file.write_bytes(damages()[damage](file.read_bytes()))
    damaged = file.read_bytes()
    store = open_file()
    store.add([a_record(1)])
    assert [one.tally.compared for one in store.tallies()] == [1]
    assert told.names == ["evidence_quarantined"]
    (aside,) = file.parent.glob("*.corrupt-*Z")
    # The first page's header counts changes.
    assert aside.read_bytes()[100:] == damaged[100:]
    assert str(aside) in told[0][1]
    assert (aside.stat().st_mode | file.stat().st_mode) & 0o777 == 0o600


def test_an_empty_file_is_a_new_store(file: Path, open_file: Open, told) -> None:
    """Case 142: zero length. There is nothing to put aside."""
    file.touch()
    open_file().add([a_record(1)])
    assert told == []


def test_somebody_elses_database_is_left_as_it_is(file: Path, open_file: Open, told) -> None:
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE customers (name)")
    connection.commit()
    connection.close()
    before = file.read_bytes()
    with pytest.raises(EvidenceRefused, match="customers"):
        open_file()
    assert [name for name, _ in told] == []
    connection = sqlite3.connect(file)
    assert [row[0] for row in connection.execute("SELECT name FROM sqlite_master")] == ["customers"]
    connection.close()
    assert before[:16] == file.read_bytes()[:16]


def test_modes_are_the_owners_alone_whatever_is_beside(file: Path, open_file: Open) -> None:
    """Case 148: the log and the lock too."""
    open_file().add([a_record(1)])
    modes = {found.name: found.stat().st_mode & 0o777 for found in file.parent.iterdir()}
    assert set(modes) == {"e.sqlite3", "e.sqlite3-wal", "e.sqlite3-shm", "e.sqlite3.lock"}
    assert set(modes.values()) == {0o600}


def test_a_reader_makes_nothing(file: Path) -> None:
    with pytest.raises(EvidenceUnavailable, match="no evidence"):
        read_store(f"sqlite:///{file}")
    assert not file.exists()


def test_a_server_that_is_away_is_unavailable(told) -> None:
    with pytest.raises(EvidenceUnavailable):
        open_store("postgresql://nobody@127.0.0.1:1/none", on_event=told)


def test_only_those_who_open_a_store_import_its_library() -> None:
    """It takes a third of a second, and most commands read no evidence."""
    modules = ["gateway.evidence.opening", "gateway.evidence.writer", "gateway.cli.program", "gateway.mapfile.flip"]
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\n"
    code += "print('sqlalchemy' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code, *modules], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
