"""An SQLite store in a folder of its own, and what was told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.evidence.opening import open_store
from gateway.evidence.sql import SqlStore
from tests.support.told import Told


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "e.sqlite3"


@pytest.fixture
def open_file(file: Path, told: Told) -> Iterator[Callable[[], SqlStore]]:
    """Opens the store in `file`, as often as it is called."""
    opened: list[SqlStore] = []

    def open_it() -> SqlStore:
        opened.append(open_store(f"sqlite:///{file}", on_event=told))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()
