"""The key of an installation."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from gateway.evidence.key import KEY_BYTES, KEY_FILE, installation_key


def test_the_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    """Cases 147 and 148."""
    folder = tmp_path / ".gateway"
    before = os.umask(0)
    try:
        key = installation_key(folder)
    finally:
        os.umask(before)
    assert len(key) == KEY_BYTES
    assert installation_key(folder) == key
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in folder.iterdir()] == [KEY_FILE]


def test_another_installation_has_another_key(tmp_path: Path) -> None:
    """Case 147."""
    assert installation_key(tmp_path / "a") != installation_key(tmp_path / "b")


def test_several_that_ask_at_once_get_the_same(tmp_path: Path) -> None:
    keys: list[bytes] = []
    gate = threading.Barrier(8)

    def ask() -> None:
        gate.wait(10)
        keys.append(installation_key(tmp_path / "k"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(keys) == 8
    assert len(set(keys)) == 1


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 100])
def test_a_key_of_the_wrong_length_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / KEY_FILE).write_bytes(content)
    key = installation_key(tmp_path)
    assert len(key) == KEY_BYTES
    assert installation_key(tmp_path) == key


def test_without_a_place_to_keep_it_the_key_is_the_processs_own(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert len(installation_key(tmp_path / "file" / "folder")) == KEY_BYTES
