"""An application that is pinned to SQLAlchemy 1.4 has its evidence, too: pip installs the gateway beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(180)

ROOT = Path(__file__).resolve().parents[2]
OLD = ROOT / ".venv/guests/old"
SERVER = os.environ.get("GATEWAY_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")

if not OLD.exists() and not os.environ.get("GATEWAY_TEST_REQUIRE_SERVICES"):
    pytest.skip("the guests' environment is made by `make test`", allow_module_level=True)


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Python with the old releases before the new ones."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    server = SERVER.replace("postgresql+psycopg:", "postgresql:").replace("postgresql:", "postgresql+psycopg2:")
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": str(OLD), "GATEWAY_TEST_POSTGRESQL": server},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )


def test_the_store_keeps_its_contract_with_the_oldest_sqlalchemy() -> None:
    """The suite of every store, on SQLite, and its way through PostgreSQL's driver of that time."""
    versions = python("-c", "import alembic, sqlalchemy; print(alembic.__version__, sqlalchemy.__version__)")
    assert versions.stdout == "1.14.0 1.4.42\n", versions.stderr
    wanted = "sqlite or (postgresql and (stored_is_there or added_again or history_is_added))"
    ran = python(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/contract/test_evidence_contract.py", "-k", wanted
    )
    assert ran.returncode == 0, ran.stdout
    assert " passed" in ran.stdout
    assert "skipped" not in ran.stdout or not os.environ.get("GATEWAY_TEST_REQUIRE_SERVICES")


def test_a_missing_driver_of_postgresql_is_named() -> None:
    code = "from gateway.evidence.dialect import engine_for, parse; import sys; sys.modules['psycopg2'] = None; "
    ran = python("-c", code + "engine_for(parse('postgresql://u@h/n'))")
    assert "the driver of postgresql+psycopg2 is missing: pip install psycopg2-binary" in ran.stderr
