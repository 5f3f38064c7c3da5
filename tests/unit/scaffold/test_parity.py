"""What a scaffolded test calls: both sides in this process, compared as the gateway compares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from flask import Flask, jsonify, request

from gateway.errors import ImportFailed, RouteUnknown
from gateway.parity.difference import Verdict
from gateway.scaffold.parity import assert_parity, compared, load_legacy, load_rules

router = APIRouter()


@pytest.fixture
def legacy() -> Flask:
    app = Flask("legacy")

    @app.route("/words", methods=["GET", "POST"])
    def words() -> Any:
        return jsonify(q=request.args.get("q"), key=request.headers.get("X-Key"), body=request.get_data(as_text=True))

    @app.get("/crash")
    def crash() -> Any:
        raise RuntimeError("no")

    return app


@router.get("/words")
async def words(q: str | None = None) -> dict[str, Any]:
    return {"q": q, "key": None, "body": ""}


@router.get("/crash")
async def crash() -> None:
    raise RuntimeError("no")


def test_equal_answers_are_a_match(legacy: Flask):
    assert compared(legacy, router, "GET", "/words?q=a%20b").verdict is Verdict.MATCH
    assert_parity(legacy, router, "GET", "/words?q=a%20b")


def test_another_answer_is_told_with_its_place(legacy: Flask):
    with pytest.raises(AssertionError, match=r"(?s)GET /words: mismatch.*/key"):
        assert_parity(legacy, router, "GET", "/words", headers={"X-Key": "1"})


def test_an_application_may_stand_for_the_router(legacy: Flask):
    app = FastAPI()
    app.include_router(router)
    assert_parity(legacy, app, "GET", "/words")


def test_a_body_reaches_both_sides(legacy: Flask):
    writing = APIRouter()

    @writing.post("/words")
    async def create(body: dict[str, int]) -> dict[str, Any]:
        return {"q": None, "key": None, "body": '{"a": 1}' if body == {"a": 1} else ""}

    headers = {"Content-Type": "application/json"}
    assert_parity(legacy, writing, "POST", "/words", headers=headers, body=b'{"a": 1}')


def test_two_crashes_are_no_parity(legacy: Flask):
    with pytest.raises(AssertionError, match="both_error"):
        assert_parity(legacy, router, "GET", "/crash")


def test_what_holds_no_flask_object_is_an_error():
    with pytest.raises(ImportFailed, match="no Flask object"):
        compared(lambda environ, start_response: [b""], router, "GET", "/words")


def test_legacy_is_imported_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "shop_of_parity.py").write_text("from flask import Flask\napp = Flask(__name__)\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert isinstance(load_legacy("shop_of_parity:app"), Flask)
    with pytest.raises(ImportFailed, match="shop_of_parity"):
        load_legacy("shop_of_parity:other")


MAP = """
version: 1
backends: {legacy: {wsgi: "a:b"}, v2: {asgi: "c:d"}}
routes:
  - {id: words, path: /words, compare: {excuse: [{at: $.key, reason: not read by anybody}]}}
"""


def test_what_the_map_excuses_is_excused(legacy: Flask, tmp_path: Path):
    path = tmp_path / "migration_map.yaml"
    path.write_text(MAP, encoding="utf-8")
    rules = load_rules(path, "words")
    assert_parity(legacy, router, "GET", "/words", headers={"X-Key": "k"}, rules=rules)
    with pytest.raises(AssertionError, match="/key"):
        assert_parity(legacy, router, "GET", "/words", headers={"X-Key": "k"})


def test_a_route_that_the_map_does_not_have_is_named(tmp_path: Path):
    path = tmp_path / "migration_map.yaml"
    path.write_text(MAP, encoding="utf-8")
    with pytest.raises(RouteUnknown, match="word"):
        load_rules(path, "word")
