"""`migration_map.yaml` moves the sample: every route of the Flask application is in it, exactly."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from gateway.exchange import Side
from gateway.mapfile.load import read_map
from gateway.mapfile.loaded import LoadedMap
from gateway.routing.mode import Mode, skipped_rungs
from gateway.routing.plan import may_serve
from gateway.routing.route import StickyKind
from gateway.routing.table import RouteTable
from v2.main import create_app as create_v2

MAP = Path(__file__).parents[2] / "migration_map.yaml"


@pytest.fixture(scope="module")
def loaded() -> LoadedMap:
    return read_map(MAP)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """(template, method) of the Flask application; HEAD and OPTIONS come by themselves."""
    folder = tmp_path_factory.mktemp("legacy")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEED", "0")
        patch.setenv("DATABASE_URL", f"sqlite:///{folder / 'staff.sqlite3'}")
        patch.setenv("UPLOAD_FOLDER", str(folder / "uploads"))
        from legacy.app import create_app  # noqa: PLC0415  its extensions are made when it is imported

        url_map = create_app().url_map
    return {
        (rule.rule, method) for rule in url_map.iter_rules() for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_it_has_every_route_of_the_flask_application_and_no_other(
    loaded: LoadedMap, rules: set[tuple[str, str]]
) -> None:
    mapped = {
        (route.path, method) for route in loaded.routes if route.id != "v2.only" for method in route.methods or {"*"}
    }
    assert mapped == rules
    assert loaded.warnings == ()


def test_it_stands_on_every_rung(loaded: LoadedMap) -> None:
    rungs = Counter(route.mode for route in loaded.routes)
    assert set(rungs) == set(Mode)
    assert rungs[Mode.LEGACY] > len(loaded.routes) / 2
    assert loaded.default.mode is Mode.LEGACY
    assert loaded.headers is False


def test_flipping_employees_get_to_v2_is_one_legal_step(loaded: LoadedMap) -> None:
    (route,) = [route for route in loaded.routes if route.id == "employees.get"]
    assert route.mode is Mode.CANARY
    assert skipped_rungs(route.mode, Mode.V2) == ()
    assert route.canary is not None
    assert (route.canary.share, route.canary.sticky.kind, route.canary.sticky.name) == (
        0.1,
        StickyKind.COOKIE,
        "session",
    )


def test_planted_mistakes_are_seen_by_no_client(loaded: LoadedMap) -> None:
    table = RouteTable(loaded.routes, loaded.default, revision=loaded.revision)
    for path in (
        "/departments",
        "/employee/1/reports",
        "/employee/abc/reports",
        "/employees/search",
        "/employees/rated/4.5",
        "/employees/rated/4",
        "/staff",
        "/staff/",
        "/staff/x",
        "/export/directory.json",
    ):
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            assert not may_serve(table.match(method, path), Side.V2), (method, path)


def test_whatever_v2_may_be_asked_for_it_has(loaded: LoadedMap) -> None:
    """From its own description: the map's templates are Flask's, so only the shape of the paths is compared."""
    described = create_v2().openapi()["paths"]
    shapes = {
        "/".join("*" if part.startswith("{") else part for part in path.split("/")): {
            method.upper() for method in operations
        }
        for path, operations in described.items()
    }
    for route in loaded.routes:
        if route.mode is not Mode.LEGACY and route.id != "v2.only":
            shape = "/".join("*" if part.startswith("<") else part for part in route.path.split("/"))
            assert (route.methods or frozenset()) <= shapes[shape], route.id
