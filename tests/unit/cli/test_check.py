"""`gateway check` finds what is wrong with a map, alone and beside both applications, with the exit code of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

V2 = """
from fastapi import APIRouter, FastAPI

router = APIRouter()

@router.get("/")
def index():
    return ""

@router.get("/articles/{rest:path}")
def articles(rest: str):
    return rest

app = FastAPI()
app.include_router(router)
"""

STATIC = """\
  - id: static
    path: /static/<path:filename>
    methods: [GET]
    mode: legacy
"""


@pytest.fixture
def sound(project: Path) -> Path:
    """A project in which there is nothing to find."""
    (project / "newshop.py").write_text(V2, encoding="utf-8")
    path = project / "migration_map.yaml"
    path.write_text(path.read_text(encoding="utf-8") + STATIC, encoding="utf-8")
    return project


def edit(project: Path, old: str, new: str) -> None:
    path = project / "migration_map.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def found(ran: Any) -> dict[str, dict[str, Any]]:
    return {finding["code"]: finding for finding in ran.json["findings"]}


def test_a_sound_map_exits_0_without_a_finding(sound: Path, gateway_process: Run):
    """case 137"""
    ran = gateway_process("check", "--strict", "--json")
    assert (ran.code, ran.json["findings"]) == (0, []), ran
    assert (ran.json["valid"], ran.json["routes"], ran.json["legacy_routes"]) == (True, 5, 5)


def test_a_sound_map_is_said_to_be_valid(sound: Path, gateway: Run):
    ran = gateway("check")
    assert (ran.code, "is valid: 5 routes, 5 in legacy; 0 errors" in ran.out) == (0, True)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("mode: shadow", "mode: shado", 19),
        ("path: /employee\n", "pth: /employee\n", 13),
        ("id: index", "id: articles", 21),
        ("version: 1", "version: 7", 1),
        ("percent: 10", "percent: 101", 25),
        ("{sample: 25%}", "{sample: 25%", 21),
        ("<int:id>", "<int:id", 9),
    ],
)
def test_an_invalid_map_exits_2_with_machine_readable_problems(
    sound: Path, gateway: Run, old: str, new: str, line: int
):
    """case 137; exit 2 is what the interface promises for an invalid map"""
    edit(sound, old, new)
    ran = gateway("check", "--json")
    assert ran.code == 2
    assert ran.json["valid"] is False
    assert line in {problem["line"] for problem in ran.json["problems"]}, ran.json
    assert all(problem["column"] >= 1 and problem["what"] for problem in ran.json["problems"])
    assert f"migration_map.yaml:{line}:" in ran.err


def test_every_problem_is_listed_at_once(sound: Path, gateway: Run):
    edit(sound, "mode: shadow", "mode: shado")
    edit(sound, "version: 1", "version: 7")
    assert len(gateway("check", "--json").json["problems"]) == 2


def test_an_unmapped_route_is_a_warning_and_strict_fails_for_it(sound: Path, gateway: Run):
    edit(sound, STATIC, "")
    ran = gateway("check", "--json")
    assert (ran.code, found(ran)["map.unmapped"]["severity"]) == (0, "warning")
    assert "static" in found(ran)["map.unmapped"]["what"]
    assert gateway("check", "--strict").code == 1


def test_a_route_that_legacy_does_not_have_is_named_with_its_line(sound: Path, gateway: Run):
    edit(sound, "path: /employee\n", "path: /worker\n")
    stale = found(gateway("check", "--json"))["map.stale"]
    assert (stale["severity"], stale["where"].split(":")[:2]) == ("warning", ["migration_map.yaml", "12"])


def test_a_route_that_is_new_in_v2_is_fine(sound: Path, gateway: Run):
    with (sound / "migration_map.yaml").open("a", encoding="utf-8") as file:
        file.write("  - {id: fresh, path: /fresh, methods: [GET], mode: v2}\n")
    with (sound / "newshop.py").open("a", encoding="utf-8") as file:
        file.write("\n@app.get('/fresh')\ndef fresh():\n    return 1\n")
    ran = gateway("check", "--json", "--strict")
    assert (ran.code, ran.json["findings"]) == (0, [])


def test_a_route_that_v2_does_not_have_is_a_warning_before_it_is_an_outage(sound: Path, gateway: Run):
    edit(sound, "mode: legacy          # the first to move", "mode: v2")
    missing = found(gateway("check", "--json"))["map.not-in-v2"]
    assert (missing["severity"], "GET /employee/1" in missing["what"]) == ("warning", True)


def test_a_route_for_a_whole_part_is_not_held_against_v2(sound: Path, gateway: Run):
    (sound / "newshop.py").write_text(V2.replace("/articles/{rest:path}", "/articles/{name}"), encoding="utf-8")
    ran = gateway("check", "--json")
    assert (ran.code, ran.json["findings"]) == (0, [])


def test_a_route_of_every_method_needs_one_in_v2(sound: Path, gateway: Run):
    edit(sound, "    path: /\n    methods: [GET]\n", "    path: /\n")
    assert gateway("check", "--json").json["findings"] == []
    edit(sound, "    path: /\n", "    path: /nowhere\n")
    assert "any method of /nowhere" in found(gateway("check", "--json"))["map.not-in-v2"]["what"]


def test_an_unknown_converter_is_an_error(sound: Path, gateway: Run):
    edit(sound, "<int:id>", "<colour:id>")
    ran = gateway("check", "--json")
    assert (ran.code, found(ran)["map.converter"]["severity"]) == (1, "error")


def test_a_converter_of_the_application_is_fine(sound: Path, gateway: Run):
    shop = (sound / "shop.py").read_text(encoding="utf-8")
    shop = shop.replace(
        "    app = Flask(__name__)\n", "    app = Flask(__name__)\n    app.url_map.converters['colour'] = Colour\n"
    )
    shop = "from werkzeug.routing import BaseConverter\nclass Colour(BaseConverter): pass\n" + shop
    (sound / "shop.py").write_text(shop.replace("<int:id>", "<colour:id>"), encoding="utf-8")
    edit(sound, "<int:id>", "<colour:id>")
    ran = gateway("check", "--json", "--strict")
    assert (ran.code, ran.json["findings"]) == (0, [])


def test_an_expired_excuse_is_a_warning(sound: Path, gateway: Run):
    edit(sound, STATIC, STATIC + "    compare: {excuse: [{at: $.ts, reason: clock, expires: 2020-01-01}]}\n")
    assert "expired" in found(gateway("check", "--json"))["map.warning"]["what"]


def test_a_rule_without_a_reason_is_a_note_that_does_not_fail_strict(sound: Path, gateway: Run):
    edit(sound, STATIC, STATIC + "    compare: {headers: {Vary: tokens}}\n")
    ran = gateway("check", "--json", "--strict")
    assert (ran.code, found(ran)["map.note"]["severity"]) == (0, "note")
    assert found(ran)["map.note"]["what"] == "this rule of a header has no reason"


def test_legacy_that_cannot_be_imported_exits_3(sound: Path, gateway_process: Run):
    (sound / "shop.py").write_text("import nosuchmodule\n", encoding="utf-8")
    ran = gateway_process("check", "--json")
    assert (ran.code, found(ran)["import.legacy"]["severity"]) == (3, "error")
    assert 'imports "nosuchmodule"' in found(ran)["import.legacy"]["what"]


def test_v2_that_cannot_be_imported_exits_3_when_a_route_asks_it(sound: Path, gateway_process: Run):
    (sound / "newshop.py").write_text("raise RuntimeError('no database')\n", encoding="utf-8")
    ran = gateway_process("check", "--json")
    assert (ran.code, found(ran)["import.v2"]["severity"]) == (3, "error")
    assert "newshop.py:1" in found(ran)["import.v2"]["what"]


def test_v2_that_cannot_be_imported_is_a_warning_while_nothing_asks_it(sound: Path, gateway: Run):
    (sound / "newshop.py").unlink()
    edit(sound, "mode: shadow", "mode: legacy")
    edit(sound, "mode: canary", "mode: legacy")
    ran = gateway("check", "--json")
    assert (ran.code, found(ran)["import.v2"]["severity"]) == (0, "warning")


def test_a_remote_legacy_is_not_imported(sound: Path, gateway: Run):
    edit(sound, '{wsgi: "shop:create_app()", threads: 4}', '{url: "http://127.0.0.1:5000"}')
    edit(sound, "<int:id>", "<colour:id>")
    ran = gateway("check", "--json")
    assert (ran.code, ran.json["legacy_routes"]) == (0, None)
    assert found(ran)["map.unseen-converter"]["severity"] == "note"


def test_websocket_routes_of_legacy_are_named(sound: Path, gateway: Run):
    """bridge row 16"""
    shop = (sound / "shop.py").read_text(encoding="utf-8")
    shop = shop.replace(
        "    return app\n", "    Sock(app).route('/echo')(lambda ws: None)\n    SocketIO(app)\n    return app\n"
    )
    (sound / "shop.py").write_text("from flask_sock import Sock\nfrom flask_socketio import SocketIO\n" + shop, "utf-8")
    ran = gateway("check", "--json")
    assert "/echo" in found(ran)["map.unsupported"]["what"]
    assert "websocket.socketio" in found(ran)


def test_quiet_leaves_out_what_is_fine(sound: Path, gateway: Run):
    ran = gateway("check", "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_the_bridge_is_proved_on_the_users_own_application(sound: Path, gateway: Run):
    """bridge.md: byte-equal with native WSGI"""
    ran = gateway("check", "--bridge", "--json")
    assert (ran.code, ran.json["findings"]) == (0, [])
    assert ran.json["bridge_requests"] > 10
    assert "byte-equal" in gateway("check", "--bridge").out


def test_what_differs_by_itself_is_a_note_and_not_the_bridges_fault(sound: Path, gateway: Run):
    shop = (sound / "shop.py").read_text(encoding="utf-8")
    (sound / "shop.py").write_text("import uuid\n" + shop.replace('"<h1>legacy</h1>"', "uuid.uuid4().hex"), "utf-8")
    ran = gateway("check", "--bridge", "--json")
    assert (ran.code, found(ran)["bridge.unstable"]["severity"]) == (0, "note")


def test_what_the_bridge_changes_is_an_error(sound: Path, gateway: Run):
    """An application that answers the bridge differently, which it tells by the name of its thread."""
    shop = (sound / "shop.py").read_text(encoding="utf-8")
    shop = shop.replace('"<h1>legacy</h1>"', 'str(threading.current_thread().name.startswith("native"))')
    (sound / "shop.py").write_text("import threading\n" + shop, encoding="utf-8")
    ran = gateway("check", "--bridge", "--json")
    assert (ran.code, found(ran)["bridge.difference"]["severity"]) == (1, "error")
    assert "GET /" in found(ran)["bridge.difference"]["what"]


def test_a_remote_legacy_has_no_bridge(sound: Path, gateway: Run):
    edit(sound, '{wsgi: "shop:create_app()", threads: 4}', '{url: "http://127.0.0.1:5000"}')
    ran = gateway("check", "--bridge", "--json")
    assert (ran.code, ran.json["bridge_requests"], "bridge.unused" in found(ran)) == (0, 0, True)
