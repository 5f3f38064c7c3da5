"""v2 is complete: what the legacy application answers, v2 answers, too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from v2 import planted
from v2.main import create_app as create_v2

Route = tuple[str, str]
"""A method and the shape of a path: `GET`, `/employee/{}`."""


def shape(path: str) -> str:
    return re.sub(r"<[^>]*>|\{[^}]*\}", "{}", path)


@pytest.fixture(scope="module")
def legacy(tmp_path_factory: pytest.TempPathFactory) -> set[Route]:
    folder = tmp_path_factory.mktemp("legacy")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEED", "0")
        patch.setenv("DATABASE_URL", f"sqlite:///{folder / 'staff.sqlite3'}")
        patch.setenv("UPLOAD_FOLDER", str(folder / "uploads"))
        from legacy.app import create_app  # noqa: PLC0415  its extensions are made when it is imported

        rules = list(create_app().url_map.iter_rules())
    return {(method, shape(rule.rule)) for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}


@pytest.fixture(scope="module")
def v2() -> set[Route]:
    described = create_v2().openapi()["paths"]
    return {(method.upper(), shape(path)) for path, operations in described.items() for method in operations}


def test_every_legacy_route_has_its_twin(legacy: set[Route], v2: set[Route]) -> None:
    assert len(legacy) > 60
    assert legacy - v2 == set()


def test_what_v2_has_beside_them_is_below_a_path_of_its_own(legacy: set[Route], v2: set[Route]) -> None:
    assert {path for _, path in v2 - legacy} == {"/v2/clock"}


def test_a_planted_mistake_stands_before_a_route_that_has_none(v2: set[Route]) -> None:
    mistaken = {(method, shape(route.path)) for route in planted.routes() for method in route.methods}
    assert len(mistaken) == 7
    assert mistaken <= v2


def test_nothing_but_the_tables_is_imported_from_legacy() -> None:
    for file in Path(planted.__file__).parent.rglob("*.py"):
        imported = set(re.findall(r"^(?:from|import) (legacy[\w.]*)", file.read_text(encoding="utf-8"), re.MULTILINE))
        assert imported <= {"legacy.tables"}, file
