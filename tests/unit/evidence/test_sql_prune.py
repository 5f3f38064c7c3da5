"""Letting go in SQL: nothing is left behind."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from gateway.evidence.sql import SqlStore
from gateway.parity.difference import Verdict
from tests.support.records import a_record, a_sample


def test_a_group_takes_its_samples_and_a_stratum_its_shapes(file: Path, open_file: Callable[[], SqlStore]) -> None:
    store = open_file()
    store.add([a_record(1, Verdict.MISMATCH, sample=a_sample(1, time=5000.0)), a_record(2)])
    store.prune(now=3000.0, max_age=10.0, max_bytes=10**9)
    connection = sqlite3.connect(file)
    for table in ("sample", "group", "stratum", "shape"):
        assert connection.execute(f'SELECT count(*) FROM "evidence_{table}"').fetchone() == (0,), table  # noqa: S608 - names above
    connection.close()
