"""`gateway init` writes a map of the whole application, and brings it up to date without touching what people wrote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.mapfile.load import read_map
from gateway.routing.mode import Mode

Run = Callable[..., Any]
INIT = ("init", "shop:create_app()", "--v2", "newshop:app")


@pytest.fixture
def unmapped(project: Path) -> Path:
    """A project without a map."""
    (project / "migration_map.yaml").unlink()
    return project


def test_the_map_of_an_application_is_complete_and_all_legacy(unmapped: Path, gateway_process: Run):
    ran = gateway_process(*INIT)
    assert ran.code == 0, ran
    assert "5 routes, all in legacy" in ran.out
    loaded = read_map(unmapped / "migration_map.yaml")
    assert {route.path for route in loaded.routes} == {
        "/employee/<int:id>",
        "/employee",
        "/",
        "/articles/<path:rest>",
        "/static/<path:filename>",
    }
    assert {route.mode for route in (*loaded.routes, loaded.default)} == {Mode.LEGACY}
    assert loaded.document.backends.legacy.wsgi == "shop:create_app()"
    assert loaded.document.backends.v2.asgi == "newshop:app"


def test_what_init_writes_passes_check_without_a_finding(unmapped: Path, gateway: Run):
    gateway(*INIT)
    ran = gateway("check", "--strict", "--json")
    assert (ran.code, ran.json["findings"]) == (0, [])


def test_a_second_run_changes_no_byte(unmapped: Path, gateway: Run):
    gateway(*INIT)
    before = (unmapped / "migration_map.yaml").read_bytes()
    ran = gateway(*INIT)
    assert (ran.code, "up to date: 5 routes" in ran.out) == (0, True)
    assert (unmapped / "migration_map.yaml").read_bytes() == before


def test_a_second_run_adds_what_is_new_and_marks_what_is_gone(unmapped: Path, gateway: Run):
    gateway(*INIT)
    gateway("flip", "employees.get", "shadow", "--no-wait")
    shop = (unmapped / "shop.py").read_text(encoding="utf-8")
    (unmapped / "shop.py").write_text(shop.replace('"/employee"', '"/staff"'), encoding="utf-8")
    ran = gateway(*INIT)
    assert ran.code == 0, ran
    assert "1 added, 1 gone, 4 kept" in ran.out
    loaded = read_map(unmapped / "migration_map.yaml")
    assert {"/staff", "/employee"} <= {route.path for route in loaded.routes}
    kept = loaded.by_id("employees.get")
    assert kept is not None
    assert kept.mode is Mode.SHADOW
    assert "# gone" in loaded.text


def test_v2_need_not_exist_yet(unmapped: Path, gateway: Run):
    ran = gateway("init", "shop:create_app()", "--v2", "notyet:app")
    assert ran.code == 0
    assert "v2 cannot be imported yet" in ran.err
    assert read_map(unmapped / "migration_map.yaml").document.backends.v2.asgi == "notyet:app"


def test_v2_may_run_elsewhere(unmapped: Path, gateway: Run):
    ran = gateway("init", "shop:create_app()", "--v2", "http://10.0.0.5:9000")
    assert (ran.code, "warning" in ran.err) == (0, False)
    assert read_map(unmapped / "migration_map.yaml").document.backends.v2.url == "http://10.0.0.5:9000"


@pytest.mark.parametrize(
    "words", [("-o", "elsewhere.yaml"), ("--output", "elsewhere.yaml"), ("--map", "elsewhere.yaml")]
)
def test_the_file_can_be_named(unmapped: Path, gateway: Run, words: tuple[str, str]):
    assert gateway(*INIT, *words).code == 0
    assert read_map(unmapped / "elsewhere.yaml").routes
    assert not (unmapped / "migration_map.yaml").exists()


def test_a_dash_is_stdout(unmapped: Path, gateway: Run):
    ran = gateway(*INIT, "-o", "-")
    assert ran.code == 0
    assert "version: 1" in ran.out
    assert not (unmapped / "migration_map.yaml").exists()


def test_an_existing_map_keeps_its_backends_and_says_so(project: Path, gateway: Run):
    ran = gateway("init", "shop:create_app()", "--v2", "another:app")
    assert ran.code == 0
    assert "names newshop:app as v2, not another:app" in ran.err


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "migration_map.yaml names newshop:app as v2, not another:app"), ("version: 2\n", "migration_map.yaml:1:")],
    ids=["other backends", "a map that does not load"],
)
def test_an_application_that_goes_elsewhere_changes_no_name_that_people_see(
    project: Path, gateway: Run, text: str | None, said: str
):
    shop = (project / "shop.py").read_text(encoding="utf-8")
    (project / "shop.py").write_text(f"import os\nos.chdir('/')\n{shop}", encoding="utf-8")
    if text is not None:
        (project / "migration_map.yaml").write_text(text, encoding="utf-8")
    ran = gateway("init", "shop:create_app()", "--v2", "another:app")
    assert said in ran.err
    assert str(project / "migration_map.yaml") not in ran.err + ran.out


def test_an_existing_map_that_does_not_load_is_not_touched(project: Path, gateway: Run):
    path = project / "migration_map.yaml"
    path.write_text("version: 2\n", encoding="utf-8")
    ran = gateway(*INIT)
    assert ran.code == 2
    assert path.read_text(encoding="utf-8") == "version: 2\n"


def test_a_legacy_application_that_cannot_be_imported_exits_3(unmapped: Path, gateway: Run):
    ran = gateway("init", "nosuchshop:app", "--v2", "newshop:app")
    assert (ran.code, "nosuchshop" in ran.err, "Traceback" in ran.err) == (3, True, False)
    assert not (unmapped / "migration_map.yaml").exists()


def test_a_wsgi_application_without_flask_exits_3_with_a_sentence(unmapped: Path, gateway: Run):
    (unmapped / "plain.py").write_text("def app(environ, start_response):\n    return []\n", encoding="utf-8")
    ran = gateway("init", "plain:app", "--v2", "newshop:app")
    assert (ran.code, "no Flask object" in ran.err) == (3, True)


def test_a_websocket_route_is_named_and_left_out(unmapped: Path, gateway: Run):
    """bridge row 16"""
    (unmapped / "live.py").write_text(
        "from flask import Flask\nfrom flask_sock import Sock\napp = Flask(__name__)\nsock = Sock(app)\n"
        "@sock.route('/echo')\ndef echo(ws): pass\n",
        encoding="utf-8",
    )
    ran = gateway("init", "live:app", "--v2", "newshop:app")
    assert (ran.code, "WebSocket" in ran.err) == (0, True)
    assert "/echo" not in {route.path for route in read_map(unmapped / "migration_map.yaml").routes}


def test_v2_must_be_named(unmapped: Path, gateway: Run):
    assert gateway("init", "shop:create_app()").code == 2
