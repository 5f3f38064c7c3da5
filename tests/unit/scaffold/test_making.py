"""Stubs for the routes of a map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, jsonify
from flask_cors import CORS
from flask_wtf import CSRFProtect

from gateway.errors import ImportFailed, RouteUnknown
from gateway.mapfile.load import read_map
from gateway.mapfile.loaded import LoadedMap
from gateway.scaffold.making import Made, Source, Target, legacy_of, make, make_all
from gateway.scaffold.observations import Seen

ROUTES = """
  - {id: words.show, path: "/words/<int:id>", methods: [GET]}
  - {id: words.any, path: "/words"}
  - {id: words.page, path: "/page/<number>", methods: [GET]}
  - {id: gone, path: "/gone", methods: [GET]}
"""
words = Blueprint("words", __name__)


@words.get("/words/<int:id>")
def show(id: int) -> Any:  # noqa: A002 - the rule's name
    return jsonify(id=id)


@words.route("/words", methods=["GET", "POST"])
def listing() -> Any:
    return jsonify([])


@words.get("/page/", defaults={"number": 1})
@words.get("/page/<number>")
def page(number: int) -> Any:
    return str(number)


def count() -> None:
    """A hook of the application's own."""


def map_of(folder: Path, legacy: str = '{wsgi: "shop:app"}', routes: str = ROUTES) -> LoadedMap:
    path = folder / "migration_map.yaml"
    path.write_text(
        f'version: 1\nbackends:\n  legacy: {legacy}\n  v2: {{asgi: "newshop:app"}}\nroutes:{routes}', encoding="utf-8"
    )
    return read_map(path)


@pytest.fixture
def flask() -> Flask:
    app = Flask(__name__)
    app.secret_key = "a-key"
    app.before_request(count)
    CORS(app)
    CSRFProtect(app)
    app.register_blueprint(words)
    return app


def made(flask: Flask, folder: Path, *ids: str, seen: tuple[Seen, ...] = ()) -> Made:
    source = Source(flask, "shop:app", folder, seen)
    target = Target(folder / "routes.py", folder / "test_routes.py", "v2.routes")
    loaded = map_of(folder)
    return make(loaded, ids, source, target) if ids else make_all(loaded, source, target)


def test_a_route_that_is_named_twice_is_written_once(flask: Flask, tmp_path: Path):
    found = made(flask, tmp_path, "words.show", "words.show")
    assert [(stub.route_id, stub.method) for stub in found.stubs] == [("words.show", "GET")]


def test_a_route_of_every_method_has_a_stub_for_each_that_legacy_has(flask: Flask, tmp_path: Path):
    found = made(flask, tmp_path, "words.any")
    assert [stub.method for stub in found.stubs] == ["GET", "POST"]


def test_of_all_routes_those_that_legacy_lacks_are_said(flask: Flask, tmp_path: Path):
    found = made(flask, tmp_path)
    assert {stub.route_id for stub in found.stubs} == {"words.show", "words.any", "words.page"}
    assert "legacy has no rule" in found.puzzles["gone"][0]
    assert found.is_formatted


def test_an_unknown_route_is_an_error_that_names_the_one_that_was_meant(flask: Flask, tmp_path: Path):
    with pytest.raises(RouteUnknown, match=r"did you mean words\.show"):
        made(flask, tmp_path, "word.show")
    with pytest.raises(RouteUnknown, match="gateway init"):
        made(flask, tmp_path, "gone")


def test_hooks_of_its_own_and_what_extensions_add_to_answers_run(flask: Flask, tmp_path: Path):
    (stub,) = made(flask, tmp_path, "words.show").stubs
    assert stub.hooks == [
        "tests.unit.scaffold.test_making.count",
        "flask_cors.extension.make_after_request_function.cors_after_request",
    ]


def test_csrf_is_looked_for_where_legacy_looks_for_it(flask: Flask, tmp_path: Path):
    reading, writing = made(flask, tmp_path, "words.any").stubs
    assert reading.dependencies == []
    assert [one.call for one in writing.dependencies] == ["csrf_protect"]


def test_what_was_recorded_belongs_to_the_route_that_legacy_takes_it_for(flask: Flask, tmp_path: Path):
    seen = (
        Seen("GET", "/words/7?a=1", 200, "application/json", json={"id": 7}),
        Seen("GET", "/words", 200, "application/json", json=[1]),
        Seen("GET", "/nothing", 404, "text/html"),
        Seen("GET", "/words/", 404, "text/html"),
    )
    found = made(flask, tmp_path, "words.show", seen=seen)
    assert "id: int" in found.module
    assert '("GET", "/words/7?a=1"),  # words.show' in found.tests


def test_legacy_has_to_be_here(tmp_path: Path):
    assert legacy_of(map_of(tmp_path)) == "shop:app"
    with pytest.raises(ImportFailed, match="runs elsewhere"):
        legacy_of(map_of(tmp_path, '{url: "http://127.0.0.1:5000"}'))
