"""`gateway doctor` names what will not survive, where it is, and what to do; and does not cry wolf."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from werkzeug.debug import DebuggedApplication
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from gateway.doctor.finding import Severity, error, note, ordered, warning
from gateway.doctor.legacy.application import check_application, count_routes
from gateway.doctor.legacy.patterns import search
from gateway.doctor.legacy.server import check_server_files
from gateway.doctor.legacy.versions import FLOORS, check_versions, installed

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def codes(source: str) -> list[tuple[int, str]]:
    return [(line, finding.code) for line, finding in search(ast.parse(source))]


def of_app(app: Any, flask: Flask | None = None, **environment: str) -> dict[str, Severity]:
    flask = flask or app
    assert flask is not None
    return {found.code: found.severity for found in check_application(app, flask, environment=environment)}


# Versions


def test_this_machine_is_above_every_floor():
    assert list(check_versions(installed())) == []


@pytest.mark.parametrize(
    ("name", "version"),
    [("starlette", "1.2.9"), ("a2wsgi", "1.10.3"), ("flask", "2.2.5"), ("werkzeug", "2.3.8")],
)
def test_a_required_package_below_its_floor_is_an_error(name: str, version: str):
    """case 202"""
    found = list(check_versions(installed() | {name: version}))
    assert [(finding.code, finding.severity) for finding in found] == [(f"version.{name}", ERROR)]
    assert version in found[0].what
    assert FLOORS[name] in found[0].fix


@pytest.mark.parametrize(("name", "version"), [("gunicorn", "21.2.0"), ("h11", "0.14.0")])
def test_an_old_parser_of_messages_is_a_warning(name: str, version: str):
    """case 202"""
    found = list(check_versions(installed() | {name: version}))
    assert [(finding.code, finding.severity) for finding in found] == [(f"version.{name}", WARNING)]


@pytest.mark.parametrize("version", ["1.3.0", "1.3", "1.10.0", "1.3.0rc1", "2"])
def test_release_numbers_are_compared_as_numbers(version: str):
    assert list(check_versions(installed() | {"starlette": version})) == []


def test_python_below_the_floor_is_an_error():
    found = list(check_versions(installed() | {"python": "3.10.4"}))
    assert [finding.code for finding in found] == ["version.python"]


# The application in memory


def test_a_plain_application_has_no_errors_and_no_warnings():
    assert set(of_app(Flask("plain")).values()) <= {NOTE}


def test_proxy_fix_is_named_with_its_numbers():
    app = Flask("a")
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=2, x_proto=1, x_host=0)  # type: ignore[method-assign]  # Flask's own way
    found = {finding.code: finding for finding in check_application(app, app, environment={})}
    assert "x_for=2, x_proto=1" in found["proxy.proxyfix"].what
    assert "GATEWAY_TRUSTED_PROXIES" in found["proxy.proxyfix"].fix
    assert "proxy.none" not in found


def test_proxy_fix_outside_of_the_application_is_found_too():
    app = Flask("a")
    found = of_app(ProxyFix(ProxyFix(app), x_prefix=1), app)
    assert found["proxy.proxyfix"] is NOTE
    assert found["proxy.prefix"] is WARNING
    assert found["proxy.twice"] is WARNING


def test_the_debugger_is_an_error():
    """case 179"""
    app = Flask("a")
    assert of_app(DebuggedApplication(app), app)["debug.debugger"] is ERROR


def test_debug_mode_and_propagated_exceptions_are_warnings():
    app = Flask("a")
    app.debug = True
    found = of_app(app)
    assert (found["debug.on"], found["debug.propagates"]) == (WARNING, WARNING)


@pytest.mark.parametrize(
    ("settings", "code", "severity"),
    [
        ({"SERVER_NAME": "shop.example"}, "config.server-name", WARNING),
        ({"APPLICATION_ROOT": "/shop"}, "config.application-root", WARNING),
        ({"MAX_CONTENT_LENGTH": 1_000_000}, "config.max-content-length", NOTE),
        ({"TESTING": True}, "debug.propagates", WARNING),
        ({"PROPAGATE_EXCEPTIONS": True}, "debug.propagates", WARNING),
    ],
)
def test_settings_that_matter_are_named(settings: dict[str, Any], code: str, severity: Severity):
    app = Flask("a")
    app.config.update(settings)
    assert of_app(app)[code] is severity


def test_a_script_name_in_the_environment_is_a_warning():
    """bridge row 9"""
    assert of_app(Flask("a"), SCRIPT_NAME="/shop")["config.script-name"] is WARNING


def test_host_matching_is_an_error():
    assert of_app(Flask("a", host_matching=True, static_host="x"))["routing.host-matching"] is ERROR


def test_subdomains_are_an_error_and_named():
    app = Flask("a", subdomain_matching=True)
    app.add_url_rule("/", endpoint="i", view_func=lambda: "", subdomain="api")
    found = next(f for f in check_application(app, app, environment={}) if f.code == "routing.subdomain")
    assert (found.severity, "api" in found.what) == (ERROR, True)


class Colour(BaseConverter):
    """A converter of the application's own."""


def test_custom_converters_are_fine_and_named():
    app = Flask("a")
    app.url_map.converters["colour"] = Colour
    found = next(f for f in check_application(app, app, environment={}) if f.code == "routing.converters")
    assert found.severity is NOTE
    assert "colour" in found.what


def test_a_custom_session_interface_is_fine_and_named():
    class Redis(SecureCookieSessionInterface):
        """Sessions of the application's own."""

    app = Flask("a")
    app.session_interface = Redis()
    assert of_app(app)["session.custom"] is NOTE


def test_a_flask_sock_route_is_an_error_with_its_path():
    """bridge row 16"""
    from flask_sock import Sock  # noqa: PLC0415  only here

    app = Flask("a")
    Sock(app).route("/echo")(lambda ws: None)
    found = next(f for f in check_application(app, app, environment={}) if f.code == "websocket.route")
    assert (found.severity, '"/echo"' in found.what) == (ERROR, True)
    assert "backends.legacy.url" in found.fix


def test_socketio_is_an_error():
    """bridge row 16"""
    from flask_socketio import SocketIO  # noqa: PLC0415  only here

    app = Flask("a")
    SocketIO(app, async_mode="threading")
    assert of_app(app)["websocket.socketio"] is ERROR


def test_routes_are_counted_by_method_and_blueprint(project: Path, gateway: Callable[..., Any]):
    assert gateway("doctor", "shop:create_app()", "--json").json["routes"] == {
        "total": 5,
        "methods": {"GET": 4, "HEAD": 4, "OPTIONS": 5, "POST": 1},
        "blueprints": {"": 3, "employees": 2},
    }


def test_an_empty_application_has_its_static_route():
    assert count_routes(Flask("a"))["total"] == 1


# The source


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("user = request.environ['REMOTE_USER']", "environ.remote-user"),
        ("user = request.environ.get('REMOTE_USER')", "environ.remote-user"),
        ("user = request.remote_user", "environ.remote-user"),
        ("def app(environ, start_response):\n    return environ['REMOTE_USER']", "environ.remote-user"),
        ("dn = request.environ['SSL_CLIENT_S_DN']", "environ.front"),
        ("request.environ['werkzeug.server.shutdown']()", "server.shutdown"),
        ("request.environ.get('werkzeug.server.shutdown')()", "server.shutdown"),
        ("sock = request.environ['gunicorn.socket']", "environ.server"),
        ("if 'uwsgi.version' in environ: pass", "environ.server"),
        ("import uwsgi", "server.import"),
        ("from uwsgidecorators import timer", "server.import"),
        ("from flask_sock import Sock", "websocket.import"),
        ("from gevent import monkey\nmonkey.patch_all()", "monkey.patch"),
        ("import eventlet\neventlet.monkey_patch()", "monkey.patch"),
        ("@app.before_first_request\ndef init(): pass", "hooks.removed"),
        ("@app.before_serving\ndef init(): pass", "hooks.removed"),
        ("app = make()\napp.run(debug=True)", "import.runs"),
        ("import signal\nsignal.signal(signal.SIGTERM, stop)", "process.signal"),
        ("import os\nos.chdir('/srv/shop')", "process.directory"),
        ("from os import chdir\nchdir(HERE)", "process.directory"),
        ("import contextlib\nwith contextlib.chdir(HERE): pass", "process.directory"),
        ("import os\nos.fchdir(3)", "process.directory"),
        ("scheduler = BackgroundScheduler()", "process.scheduler"),
        ("def v():\n    return Response(stream_with_context(rows()))", "streaming.view"),
        ("def v():\n    return Response(g(), mimetype='text/event-stream')", "streaming.view"),
        ("CACHE = {}\ndef v():\n    CACHE['a'] = 1", "threads.module-state"),
        ("SEEN = []\ndef v():\n    SEEN.append(1)", "threads.module-state"),
        ("SEEN = collections.defaultdict(list)\ndef v():\n    SEEN.clear()", "threads.module-state"),
        ("N = 0\ndef v():\n    global N\n    N += 1", "threads.module-state"),
    ],
)
def test_a_pattern_is_found_at_its_line(source: str, expected: str):
    found = codes(source)
    assert [code for _, code in found] == [expected]
    assert found[0][0] == len(source.splitlines()) or expected in {"hooks.removed", "server.shutdown"}


@pytest.mark.parametrize(
    "source",
    [
        "import os\nuser = os.environ['REMOTE_USER']",
        "from os import environ\nuser = environ['REMOTE_USER']",
        "ip = request.environ['REMOTE_ADDR']",
        "host = environ.get('HTTP_HOST')",
        "if __name__ == '__main__':\n    app.run()",
        "def main():\n    app.run()",
        "subprocess.run()",
        "def v():\n    cache = {}\n    cache['a'] = 1",
        "CACHE = {}\ndef v(CACHE):\n    CACHE['a'] = 1",
        "CACHE = {}\ndef v():\n    CACHE = {}\n    CACHE['a'] = 1",
        "CACHE = {}\nCACHE['a'] = 1",
        "db = None\ndef v():\n    global db\n    db = connect()",
        "NAMES = ('a',)\ndef v():\n    return NAMES[0]",
        "items = request.get_json()\nx = items['REMOTE_USER']",
        "from .uwsgi import x",
    ],
)
def test_what_only_looks_like_a_pattern_is_left_alone(source: str):
    assert codes(source) == []


# The old server's files


def test_gunicorn_hooks_and_green_workers_are_named(tmp_path: Path):
    (tmp_path / "gunicorn.conf.py").write_text(
        'workers = 2\nworker_class = "gevent"\nthreads = 8\n\ndef post_fork(server, worker):\n    pass\n',
        encoding="utf-8",
    )
    found = {finding.code: finding for finding in check_server_files(tmp_path)}
    assert (found["server.green-threads"].severity, found["server.green-threads"].where) == (
        ERROR,
        "gunicorn.conf.py:2",
    )
    assert "backends.legacy.threads to 8" in found["server.threads"].fix
    assert (found["server.gunicorn-hook"].severity, found["server.gunicorn-hook"].where) == (
        WARNING,
        "gunicorn.conf.py:5",
    )


def test_a_uwsgi_file_is_named(tmp_path: Path):
    (tmp_path / "uwsgi.ini").write_text("[uwsgi]\n", encoding="utf-8")
    assert [finding.code for finding in check_server_files(tmp_path)] == ["server.uwsgi-file"]


def test_no_server_files_no_findings(tmp_path: Path):
    (tmp_path / "gunicorn.conf.py").write_text("def broken(:", encoding="utf-8")
    assert list(check_server_files(tmp_path)) == []


# Everything together, as typed


def test_the_worst_comes_first_and_nothing_twice():
    found = ordered([note("n", "n"), error("e", "e"), warning("w", "w"), error("e", "e")])
    assert [finding.code for finding in found] == ["e", "w", "n"]


def test_a_healthy_application_exits_0(project: Path, gateway_process: Callable[..., Any]):
    ran = gateway_process("doctor", "shop:create_app()")
    assert ran.code == 0, ran
    assert "5 routes: GET 4" in ran.out
    assert "0 errors" in ran.out


def test_findings_say_file_and_line_and_exit_1(project: Path, gateway: Callable[..., Any]):
    with (project / "shop.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef who(request):\n    return request.environ['REMOTE_USER']\n")
    line = len((project / "shop.py").read_text(encoding="utf-8").splitlines())
    ran = gateway("doctor", "shop:create_app()", "--json")
    assert ran.code == 1
    found = [finding for finding in ran.json["findings"] if finding["code"] == "environ.remote-user"]
    assert [(finding["severity"], finding["where"]) for finding in found] == [("error", f"shop.py:{line}")]


def test_the_json_has_a_shape_that_scripts_can_rely_on(project: Path, gateway: Callable[..., Any]):
    answer = gateway("doctor", "shop:create_app()", "--json").json
    assert set(answer) == {"application", "v2", "imported", "versions", "routes", "findings", "counts"}
    assert answer["imported"] is True
    assert set(answer["counts"]) == {"errors", "warnings", "notes"}
    assert all(set(found) == {"severity", "code", "what", "fix", "where"} for found in answer["findings"])
    assert answer["versions"]["python"] == sys.version.split()[0]


def test_the_modules_of_a_package_are_looked_through(project: Path, gateway: Callable[..., Any]):
    package = project / "store"
    (package / "views").mkdir(parents=True)
    (package / "tests").mkdir()
    (package / "__init__.py").write_text("from flask import Flask\napp = Flask(__name__)\n", encoding="utf-8")
    (package / "views" / "late.py").write_text("import uwsgi\n", encoding="utf-8")
    (package / "tests" / "test_a.py").write_text("import uwsgi\n", encoding="utf-8")
    ran = gateway("doctor", "store:app", "--json")
    places = [found["where"] for found in ran.json["findings"] if found["code"] == "server.import"]
    assert places == ["store/views/late.py:1"]


def test_an_application_that_cannot_be_imported_exits_3_and_still_shows_the_rest(
    project: Path, gateway_process: Callable[..., Any]
):
    (project / "shop.py").write_text("import no_such_module\nimport uwsgi\n", encoding="utf-8")
    ran = gateway_process("doctor", "shop:app", "--json")
    assert ran.code == 3
    assert ran.json["imported"] is False
    assert {"import.failed", "server.import"} <= {found["code"] for found in ran.json["findings"]}


def test_an_application_that_would_start_a_server_is_not_imported(project: Path, gateway: Callable[..., Any]):
    (project / "shop.py").write_text(
        "from flask import Flask\napp = Flask(__name__)\nopen('imported', 'w').close()\napp.run()\n", encoding="utf-8"
    )
    ran = gateway("doctor", "shop:app", "--json")
    assert ran.code == 1
    assert "import.runs" in {found["code"] for found in ran.json["findings"]}
    assert not (project / "imported").exists()


def test_what_the_application_prints_does_not_spoil_the_json(project: Path, gateway_process: Callable[..., Any]):
    with (project / "shop.py").open("a", encoding="utf-8") as file:
        file.write("print('hello from the application')\n")
    ran = gateway_process("doctor", "shop:create_app()", "--json")
    assert ran.json["imported"] is True
    assert "hello from the application" in ran.err


def test_a_thread_of_the_application_does_not_keep_the_command_alive(
    project: Path, gateway_process: Callable[..., Any]
):
    with (project / "shop.py").open("a", encoding="utf-8") as file:
        file.write("import threading\nthreading.Thread(target=threading.Event().wait).start()\n")
    ran = gateway_process("doctor", "shop:create_app()", "--json")
    assert ran.code == 0
    assert ran.json["imported"] is True


def test_what_is_no_import_string_exits_3_with_advice(project: Path, gateway: Callable[..., Any]):
    ran = gateway("doctor", "shop.py")
    assert ran.code == 3
    assert '"shop:app"' in ran.err
    assert "Traceback" not in ran.err


# The rewrite


def rewrite(project: Path, text: str) -> None:
    (project / "newshop.py").write_text(text, encoding="utf-8")


CLEAN = """from fastapi import FastAPI, HTTPException

app = FastAPI(redirect_slashes=False)
app.add_exception_handler(HTTPException, print)
"""


def test_a_clean_rewrite_exits_0(project: Path, gateway: Callable[..., Any]):
    rewrite(project, CLEAN)
    ran = gateway("doctor", "newshop:app")
    assert ran.code == 0, ran
    assert ran.out.startswith("newshop:app: python")
    assert "0 errors, 0 warnings, 0 notes" in ran.out


def test_a_mistake_of_the_rewrite_is_shown_with_place_and_fix_and_exits_1(project: Path, gateway: Callable[..., Any]):
    rewrite(project, CLEAN + "\n\nasync def nap():\n    import time\n    time.sleep(1)\n")
    ran = gateway("doctor", "newshop:app")
    assert ran.code == 1
    assert "error    async.blocking-call  newshop.py:9:5\n         time.sleep() waits on the event loop" in ran.out
    assert "         -> use the asynchronous client" in ran.out


def test_even_a_warning_about_the_rewrite_exits_1(project: Path, gateway: Callable[..., Any]):
    rewrite(project, CLEAN.replace("redirect_slashes=False", ""))
    ran = gateway("doctor", "shop:create_app()", "--v2", "newshop:app", "--json")
    assert ran.code == 1
    assert [found["code"] for found in ran.json["findings"] if found["severity"] != "note"] == ["app.redirect-slashes"]
    assert (ran.json["application"], ran.json["v2"]) == ("shop:create_app()", "newshop:app")


def test_without_a_name_both_applications_of_the_map_are_examined(project: Path, gateway: Callable[..., Any]):
    ran = gateway("doctor", "--json")
    assert ran.code == 1
    assert (ran.json["application"], ran.json["v2"]) == ("shop:create_app()", "newshop:app")
    assert {"app.redirect-slashes", "app.error-body"} <= {found["code"] for found in ran.json["findings"]}


def test_a_v2_without_an_application_beside_it_is_wrong_usage(project: Path, gateway: Callable[..., Any]):
    assert gateway("doctor", "--v2", "newshop:app").code == 2


def test_a_rewrite_that_cannot_be_imported_exits_3(project: Path, gateway: Callable[..., Any]):
    rewrite(project, "import no_such_module\n" + CLEAN)
    ran = gateway("doctor", "shop:create_app()", "--v2", "newshop:app", "--json")
    assert ran.code == 3
    assert "import.failed" in {found["code"] for found in ran.json["findings"]}
