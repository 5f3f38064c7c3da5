"""What only the running applications show: hooks that v2 skips, dates that go out as ISO, members that are dropped."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from flask_cors import CORS

from gateway.doctor.examine import examine, examine_map
from gateway.doctor.finding import Finding, Severity
from gateway.doctor.rewrite import Beside, examine_rewrite
from gateway.doctor.running.answers import has_place, members_of, schema_of
from gateway.doctor.running.hooks import hooks_around, skipped_hooks
from gateway.doctor.running.routes import answering, fastapi_behind, routes_of
from gateway.evidence.memory import MemoryStore
from gateway.mapfile.load import read_map
from tests.support.evidence import Evidence, answer

LEGACY = """
from flask import Blueprint, Flask

words = Blueprint("words", __name__)


@words.before_request
def count():
    pass


@words.get("/words/<int:number>")
def one(number):
    return {"id": number, "word": "a", "seen": {"at": 1}}


def add_headers(response):
    response.headers["X-Shop"] = "1"
    return response


def create_app():
    app = Flask(__name__)
    app.after_request(add_headers)
    app.register_blueprint(words)

    @app.get("/")
    def home():
        return "home"

    return app
"""
V2 = """
from datetime import UTC, datetime

from fastapi import APIRouter, FastAPI, HTTPException
from pydantic import BaseModel
from starlette.responses import Response

router = APIRouter(prefix="/words")


class Seen(BaseModel):
    on: datetime


class Word(BaseModel):
    id: int
    word: str
    seen: Seen


@router.get("/{number}")
async def one(number: int) -> Word:
    return Word(id=number, word="a", seen=Seen(on=datetime.now(UTC)))


class Head:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        await self.app({**scope, "method": "GET"} if scope.get("method") == "HEAD" else scope, receive, send)


def create_app():
    app = FastAPI(redirect_slashes=False)
    app.add_exception_handler(HTTPException, refuse)
    app.include_router(router)
    return Head(app)


async def refuse(request, error):
    return Response(status_code=error.status_code)
"""
MAP = """
version: 1
backends:
  legacy: {wsgi: "oldwords:create_app()"}
  v2: {asgi: "newwords:create_app()"}
routes:
  - {id: words.one, path: "/words/<int:number>", methods: [GET], mode: shadow}
  - {id: home, path: /, methods: [GET]}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with both applications and a map, importable until the test ends."""
    for name, text in (("oldwords.py", LEGACY), ("newwords.py", V2), ("migration_map.yaml", MAP)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    importlib.invalidate_caches()
    yield tmp_path
    for name in ("oldwords", "newwords"):
        sys.modules.pop(name, None)


def replaced(project: Path, old: str, new: str, file: str = "newwords.py") -> None:
    text = (project / file).read_text(encoding="utf-8")
    assert old in text
    (project / file).write_text(text.replace(old, new), encoding="utf-8")


def line_of(project: Path, text: str, file: str = "newwords.py") -> int:
    lines = (project / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def of_map(project: Path, evidence: MemoryStore | None = None) -> list[Finding]:
    loaded = read_map(project / "migration_map.yaml")
    return list(examine_map(loaded, evidence, root=project, environment={}).mistakes)


def test_dates_of_a_response_model_are_named_at_its_endpoint(project: Path):
    (found,) = examine_rewrite("newwords:create_app()", root=project, beside=Beside())
    assert (found.code, found.where) == ("model.iso-datetime", f"newwords.py:{line_of(project, 'async def one')}:1")
    assert "one sends on as ISO 8601" in found.what


def test_a_date_with_a_serializer_is_no_iso_date(project: Path):
    replaced(project, "    on: datetime", "    on: Annotated[datetime, PlainSerializer(str, return_type=str)]")
    replaced(project, "from pydantic import", "from typing import Annotated\nfrom pydantic import PlainSerializer,")
    assert examine_rewrite("newwords:create_app()", root=project, beside=Beside()) == ()


def test_a_finding_of_the_running_application_is_ignored_by_a_comment_too(project: Path):
    replaced(project, "-> Word:", "-> Word:  # gateway: ignore[model.iso-datetime] new, legacy has no dates here")
    assert examine_rewrite("newwords:create_app()", root=project, beside=Beside()) == ()


@pytest.fixture
def _comes_back(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    monkeypatch.chdir(project)


@pytest.mark.usefixtures("_comes_back")
@pytest.mark.parametrize("comment", ["", "  # gateway: ignore[process.directory] both sides live there"])
def test_directory_that_v2_changes_is_named_with_its_line_unless_it_is_let_stand(project: Path, comment: str):
    replaced(project, "router = ", f"import os\nos.chdir('/'){comment}\nrouter = ")
    found = examine("newwords:create_app()", root=project, environment={})
    places = [one.where for one in found.everything if one.code == "process.directory"]
    assert places == ([] if comment else ["", f"newwords.py:{line_of(project, 'os.chdir')}:1"])
    of_map_too = [one.code for one in of_map(project)].count("process.directory")
    assert of_map_too == (0 if comment else 1), "the module is imported once, and read each time"


@pytest.mark.usefixtures("_comes_back")
def test_directory_that_v2_changes_when_it_starts_is_named_though_importing_it_does_not(project: Path):
    replaced(project, "def create_app():", "def starting():\n    import os\n    os.chdir('/')\n\n\ndef create_app():")
    found = [one for one in of_map(project) if one.code == "process.directory"]
    assert [one.where for one in found] == [f"newwords.py:{line_of(project, 'os.chdir')}:5"]


def test_every_hook_that_a_migrated_route_skips_is_named_with_its_place(project: Path):
    hooks = [found for found in of_map(project) if found.code == "hook.skipped"]
    assert [(found.severity, found.where) for found in hooks] == [
        (Severity.ERROR, f"oldwords.py:{line_of(project, '@words.before_request', 'oldwords.py')}:1"),
        (Severity.ERROR, f"oldwords.py:{line_of(project, 'def add_headers', 'oldwords.py')}:1"),
    ]
    assert hooks[0].what == "oldwords.count runs before a request in legacy, and not for words.one"


def test_a_hook_that_v2_does_itself_is_named_once_in_v2(project: Path):
    replaced(project, "class Head:", "# gateway: ignore[hook.skipped:oldwords.add_headers] Head does\nclass Head:")
    assert [found.what.split()[0] for found in of_map(project) if found.code == "hook.skipped"] == ["oldwords.count"]


def test_a_route_that_stays_in_legacy_skips_nothing(project: Path):
    replaced(project, "mode: shadow", "mode: legacy", "migration_map.yaml")
    assert [found.code for found in of_map(project)] == ["model.iso-datetime"]


def test_members_that_legacy_was_seen_to_send_are_missed(project: Path):
    store = MemoryStore()
    evidence = Evidence(project / "migration_map.yaml")
    full = {"id": 1, "word": "a", "seen": {"at": 1, "on": "x"}, "rank": None}
    evidence.saw("words.one", answer(full), answer({"id": 1}), path="/words/1")
    evidence.saw("words.one", answer({"error": "none"}, 404), answer({"id": 1}), path="/words/2")
    evidence.add_to(store)
    (found,) = [found for found in of_map(project, store) if found.code == "model.drops-members"]
    assert found.where == f"newwords.py:{line_of(project, 'async def one')}:1"
    assert "drops /seen/at, /rank, which legacy was seen to send" in found.what


def test_extensions_are_named():
    app = Flask("shop")
    CORS(app)
    bp = Blueprint("inner", __name__)
    bp.add_url_rule("/", "index", lambda: "")
    outer = Blueprint("outer", __name__)
    outer.teardown_request(print)
    outer.register_blueprint(bp)
    app.register_blueprint(outer)
    assert [(hook.owner, hook.kind) for hook in hooks_around(app, "outer.inner.index", Path.cwd())] == [
        ("Flask-CORS", "after"),
        ("", "at the end of"),
    ]
    (cors, _) = skipped_hooks(app, {"a": "outer.inner.index", "b": "outer.inner.index"}, Path.cwd())
    assert cors.what.startswith("Flask-CORS's flask_cors.extension.cors_after_request runs after")
    assert cors.what.endswith("not for a, b")
    assert cors.path == "flask_cors/extension.py"


def test_the_route_of_a_router_is_found_by_method_and_path(project: Path):
    app = fastapi_behind(importlib.import_module("newwords").create_app())
    assert app is not None
    routes = list(routes_of(app))
    found = answering(routes, "GET", "/words/1")
    assert found is not None
    assert (found.path, found.response_model.__name__) == ("/words/{number}", "Word")
    assert answering(routes, "POST", "/words/1") is None


@pytest.mark.parametrize(
    ("pointer", "known"),
    [("/id", True), ("/seen/on", True), ("/seen/at", False), ("/rank", False), ("/items/*/any/thing", True)],
)
def test_what_a_schema_has_and_leaves_open(pointer: str, known: bool):
    schema = {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "seen": {"anyOf": [{"$ref": "#/$defs/Seen"}, {"type": "null"}]},
            "items": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
        },
        "$defs": {"Seen": {"type": "object", "properties": {"on": {"type": "string"}}}},
    }
    assert has_place(schema, pointer) is known


def test_members_are_pointers_and_elements_stars():
    assert list(members_of({"a/b": [{"c": 1}, {"c": 2}]})) == ["/a~1b", "/a~1b/*/c", "/a~1b/*/c"]


def test_what_has_no_schema_is_left_alone():
    assert schema_of(None) is None
    assert schema_of(Callable[[int], int]) is None or isinstance(schema_of(Callable[[int], int]), dict)
    assert schema_of(object()) is None


def test_an_application_of_either_side_and_a_folder_are_told_apart(project: Path):
    legacy = examine("oldwords:create_app()", root=project, environment={})
    assert (legacy.application, legacy.v2, legacy.mistakes) == ("oldwords:create_app()", "", ())
    rewrite = examine("newwords:create_app()", root=project, environment={})
    assert (rewrite.application, rewrite.v2) == ("", "newwords:create_app()")
    assert [found.code for found in rewrite.mistakes] == ["model.iso-datetime"]
    (project / "src").mkdir()
    (project / "src" / "late.py").write_text("import requests\nrequests.get('http://x')\n", encoding="utf-8")
    folder = examine("src", root=project, environment={})
    assert [(found.code, found.where) for found in folder.mistakes] == [("timeout.missing", "src/late.py:2:1")]


def test_a_rewrite_that_cannot_be_imported_is_still_read(project: Path):
    replaced(project, "class Seen", "import no_such_module\n\n\nclass Seen")
    replaced(project, "redirect_slashes=False", "")
    found = examine_rewrite("newwords:create_app()", root=project, beside=Beside())
    assert {one.code for one in found} == {"import.failed", "app.redirect-slashes"}


def test_a_remote_side_is_a_note(project: Path):
    replaced(project, '{wsgi: "oldwords:create_app()"}', '{url: "http://127.0.0.1:9"}', "migration_map.yaml")
    loaded = read_map(project / "migration_map.yaml")
    diagnosis = examine_map(loaded, None, root=project, environment={})
    assert [(one.code, one.severity) for one in diagnosis.findings] == [("backend.remote", Severity.NOTE)]
    assert [one.code for one in diagnosis.mistakes] == ["model.iso-datetime"]
