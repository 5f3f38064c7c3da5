"""The sample's database: the same content on every start, from however many workers, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, func, select
from sqlalchemy.exc import OperationalError

from legacy import seed, tables
from legacy.app import create_app
from tests.sample.conftest import SECRETS, running
from tests.sample.processes import ROOT
from tests.sample.scratch import scratch_database

POSTGRES = os.environ.get("SAMPLE_DATABASE_URL", "postgresql+psycopg://127.0.0.1/postgres")
COUNTS = {"departments": 8, "employees": 320, "articles": 240, "users": 4}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty database."""
    monkeypatch.setenv("UPLOAD_FOLDER", str(tmp_path))
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    try:
        with scratch_database(tmp_path, POSTGRES) as address:
            yield address
    except OperationalError as error:
        if os.environ.get("GATEWAY_TEST_REQUIRE_SERVICES"):
            raise
        pytest.skip(f"no PostgreSQL: {error}")


def counts(connection: Connection) -> dict[str, int | None]:
    return {name: connection.scalar(select(func.count()).select_from(tables.metadata.tables[name])) for name in COUNTS}


def content(url: str) -> dict[str, list]:
    """Every row of the content tables, without what is salted."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            name: connection.execute(select(tables.metadata.tables[name]).order_by("id")).all()
            for name in ("departments", "employees", "articles")
        }
        assert counts(connection) == COUNTS
    engine.dispose()
    return found


def test_many_workers_that_start_at_once_seed_once(url: str) -> None:
    command = [sys.executable, "-c", "from legacy.app import create_app; create_app()"]
    environ = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    workers = [subprocess.Popen(command, env=environ, stderr=subprocess.PIPE) for _ in range(4)]
    assert [(worker.communicate(timeout=60)[1], worker.returncode) for worker in workers] == [(b"", 0)] * 4
    content(url)


def test_a_second_start_changes_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    create_app()
    before = content(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(tables.employees.delete().where(tables.employees.c.id == 320))
    create_app()
    with engine.connect() as connection:
        assert counts(connection) == {**COUNTS, "employees": 319}
    engine.dispose()
    assert [row.id for row in before["employees"]] == list(range(1, 321))


def test_ids_go_on_after_the_seed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    create_app()
    engine = create_engine(url)
    with engine.begin() as connection:
        insert = tables.departments.insert().values(slug="new", name="New", city="Berlin")
        assert connection.execute(insert).inserted_primary_key == (9,)
    engine.dispose()


def test_both_databases_hold_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Decimals, dates and microseconds included: PostgreSQL's rows equal SQLite's."""
    found = []
    for address in (f"sqlite:///{tmp_path / 'reference.sqlite3'}", url):
        monkeypatch.setenv("DATABASE_URL", address)
        create_app()
        found.append(content(address))
    assert found[0] == found[1]
    assert all(isinstance(row.salary, Decimal) for row in found[1]["employees"])


def test_the_seed_can_be_left_out(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SEED", "0")
    create_app()
    engine = create_engine(url)
    with engine.connect() as connection:
        assert set(counts(connection).values()) == {0}
    engine.dispose()


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("postgres://h/d", "postgresql+psycopg://h/d"),
        ("postgresql://h/d", "postgresql+psycopg://h/d"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
        ("sqlite:///x.db", "sqlite:///x.db"),
    ],
)
def test_the_address_of_the_database(given: str, meant: str) -> None:
    assert tables.database_url({"DATABASE_URL": given}) == meant


def test_without_an_address_it_is_a_file_below_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert tables.database_url({}) == f"sqlite:///{tmp_path / 'var/legacy.sqlite3'}"


def test_slugs_are_ascii() -> None:
    assert seed.slugify("Łukasz Müller-Sørensen") == "lukasz-muller-sorensen"


def test_the_whole_application_works_on_postgresql(tmp_path: Path) -> None:
    """The rest of the suite does too, with SAMPLE_DATABASE_URL; this is its everyday reminder."""
    try:
        with (
            scratch_database(tmp_path, POSTGRES) as address,
            running("gateway", {**SECRETS, "DATABASE_URL": address}, tmp_path / "server.log") as client,
        ):
            assert client.request("GET", "/employees?department=legal&sort=-salary").json()["total"] == 40
            assert client.request("GET", "/departments").json()["items"][0]["headcount"] > 30
            assert client.request("GET", "/articles?limit=2").json()["total"] == 240
            assert client.request("GET", "/employee/1").json()["created_at"] == "Mon, 04 Mar 2019 08:30:00 GMT"
    except OperationalError as error:
        if os.environ.get("GATEWAY_TEST_REQUIRE_SERVICES"):
            raise
        pytest.skip(f"no PostgreSQL: {error}")
