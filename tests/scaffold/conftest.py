"""Applications to scaffold from, each made once, and the stubs of all of their routes."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask

from gateway.mapfile.inventory import inventory
from gateway.mapfile.load import read_map
from gateway.scaffold.making import Made, Source, Target, make_all
from gateway.scaffold.observations import of_legacy

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Scaffolded:
    """An application, the stubs of its routes, and what was recorded before they were made."""

    name: str
    flask: Flask
    made: Made
    asked: list[str] = field(default_factory=list)


def map_of(flask: Flask, path: Path) -> Path:
    """A map with every route of an application."""
    lines = ["version: 1", "backends:", '  legacy: {wsgi: "x:app"}', '  v2: {asgi: "y:app"}', "routes:"]
    for entry in inventory(flask.url_map).entries:
        methods = "" if entry.methods is None else f", methods: [{', '.join(entry.methods)}]"
        lines.append(f'  - {{id: {entry.id}, path: "{entry.path}"{methods}}}')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


Scaffold = Callable[[str, Flask, list[str]], Scaffolded]


@pytest.fixture(scope="session")
def scaffold(tmp_path_factory: pytest.TempPathFactory) -> Scaffold:
    """`scaffold(name, flask, targets)`: what is asked of legacy before, and the stubs of every route."""

    def scaffold(name: str, flask: Flask, asked: list[str]) -> Scaffolded:
        loaded = read_map(map_of(flask, tmp_path_factory.mktemp("map") / "migration_map.yaml"))
        seen = list(of_legacy(flask, [("GET", target, [("Host", "localhost")]) for target in asked]))
        target = Target(ROOT / "routes.py", ROOT / "test_routes.py", name)
        made = make_all(loaded, Source(flask, f"{name}:create_app()", ROOT, seen), target)
        return Scaffolded(name, flask, made, asked)

    return scaffold


SAMPLE_READS = [
    "/", "/about/", "/api/files/00000000-0000-0000-0000-000000000000", "/api/audit", "/api/jobs/1", "/articles",
    "/articles?limit=3&start=2&category=company", "/articles?limit=abc", "/articles/nothing", "/auth/whoami",
    "/data/1", "/departments", "/directory/", "/directory/?department=design", "/directory/page/2", "/docs",
    "/downloads/handbook.txt", "/downloads/none", "/employee/1", "/employee/12", "/employee/999999",
    "/employee/nobody", "/employee/-5", "/employee/me", "/employee/1/reports", "/employees",
    "/employees?page=2&per_page=5", "/employees?page=abc&remote=0", "/employees?page=&page=2", "/employees?sort=wrong",
    "/employees/rated/4.5", "/employees/search", "/employees/search?q=an", "/employees/search?q=an&limit=3&q=b",
    "/events?count=2", "/export/directory.json", "/export/employees.csv", "/favicon.ico", "/health", "/news/",
    "/openapi.json", "/payroll", "/people/nobody", "/robots.txt", "/staff", "/staff/a/b", "/static/site.css",
    "/theme/dark", "/whoami",
]  # fmt: skip
"""Of every route of the sample that only reads, and needs no session of its own: what is asked of both sides."""
RESTX_READS = ["/todos/", "/todos/?state=open", "/todos/1", "/todos/2", "/todos/9", "/swagger.json"]
SMOREST_READS = ["/pets/", "/pets/?kind=dog&limit=1", "/pets/1", "/pets/2", "/pets/9"]


@pytest.fixture(scope="session")
def sample(scaffold: Scaffold, tmp_path_factory: pytest.TempPathFactory) -> Scaffolded:
    """The sample's own application, on a database of its own."""
    from legacy.app import create_app  # noqa: PLC0415  takes a second

    folder = tmp_path_factory.mktemp("sample")
    settings = {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'db.sqlite'}", "UPLOAD_FOLDER": str(folder)}
    return scaffold("sample", create_app(settings), SAMPLE_READS)


@pytest.fixture(scope="session")
def restx(scaffold: Scaffold) -> Scaffolded:
    """A Flask-RESTX application."""
    return scaffold("restx", importlib.import_module("tests.scaffold.apps.restx_todo").create_app(), RESTX_READS)


@pytest.fixture(scope="session")
def smorest(scaffold: Scaffold) -> Scaffolded:
    """A Flask-Smorest application. Nothing is observed: schemas have to do."""
    flask = importlib.import_module("tests.scaffold.apps.smorest_shop").create_app()
    return scaffold("smorest", flask, [])
