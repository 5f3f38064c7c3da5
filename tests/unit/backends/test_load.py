"""An import string becomes an application, or a sentence that says what to do."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from a2wsgi import ASGIMiddleware
from fastapi import FastAPI
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.backends.import_string import Call, parse
from gateway.backends.load import fix_import_path, flask_behind, interface_of, load_asgi, load_wsgi
from gateway.errors import ImportFailed

Write = Callable[[str, str], str]
_numbers = itertools.count()


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a module into the current directory under a name that no other test used; returns that name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    def write(source: str, name: str = "") -> str:
        name = name or f"sample_{next(_numbers)}"
        path = tmp_path / (name.replace(".", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        return name

    yield write
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]


FLASK = "from flask import Flask\napp = Flask(__name__)\n"
FACTORY = (
    "from flask import Flask\n"
    "def create_app(name='dev', *, debug=True):\n"
    "    app = Flask(__name__)\n"
    "    app.config.update(NAME=name, DEBUG=debug)\n"
    "    return app\n"
)


def refused(load: Callable[[str], object], text: str) -> str:
    with pytest.raises(ImportFailed) as caught:
        load(text)
    message = str(caught.value)
    assert text in message
    assert "\n" not in message
    return message


def test_an_attribute_is_imported(write: Write):
    assert isinstance(load_wsgi(f"{write(FLASK)}:app"), Flask)


def test_an_attribute_of_an_attribute_is_imported(write: Write):
    name = write(FLASK + "class site:\n    inner = app\n")
    assert isinstance(load_wsgi(f"{name}:site.inner"), Flask)


def test_a_factory_is_called(write: Write):
    assert isinstance(load_wsgi(f"{write(FACTORY)}:create_app()"), Flask)


def test_a_factory_gets_its_literal_arguments(write: Write):
    app = load_wsgi(f'{write(FACTORY)}:create_app("prod", debug=False)')
    assert isinstance(app, Flask)
    assert (app.config["NAME"], app.config["DEBUG"]) == ("prod", False)


@pytest.mark.parametrize(
    "argument",
    ["open('x')", "__import__('os').system('true')", "os.environ", "f'{1}'", "[x for x in ()]", "(lambda: 1)()"],
)
def test_arguments_are_literals_and_nothing_is_evaluated(argument: str):
    with pytest.raises(ImportFailed, match="literals"):
        parse(f"legacy.app:create_app({argument})")


def test_a_literal_call_is_parsed():
    wish = parse("a.b:c.d(1, 'x', [None], k={'v': True})")
    assert (wish.module, wish.attributes, wish.target) == ("a.b", ("c", "d"), "a.b:c.d")
    assert wish.call == Call(args=(1, "x", [None]), kwargs={"k": {"v": True}})


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("legacy.app", '"legacy.app:app"'),
        ("legacy/app.py", '"legacy.app:app"'),
        ("legacy/app.py:create_app()", '"legacy.app:create_app()"'),
        ("", "module:attribute"),
        (":app", "module:attribute"),
        ("legacy.app:", "module:factory()"),
        ("legacy.app:app[0]", "module:attribute"),
        ("legacy.app:create_app(", "module:factory()"),
        ("legacy.app:create_app(**{})", "write the arguments out"),
        ("legacy.app:" + "(" * 500, "module:factory()"),
    ],
)
def test_what_is_no_import_string_is_refused_with_the_right_shape(text: str, advice: str):
    with pytest.raises(ImportFailed) as caught:
        parse(text)
    assert advice in str(caught.value)


def test_a_module_that_is_not_there_says_where_it_was_looked_for(write: Write, tmp_path: Path):
    message = refused(load_wsgi, "no_such_module_here:app")
    assert 'no module "no_such_module_here"' in message
    assert str(tmp_path) in message
    assert "PYTHONPATH" in message


def test_a_misspelt_module_names_its_neighbour(write: Write):
    write(FLASK, "storefront")
    assert "did you mean storefront?" in refused(load_wsgi, "storefrnt:app")


def test_a_module_in_a_source_folder_names_the_folder(write: Write):
    write(FLASK, "src.nested_shop")
    assert "PYTHONPATH=src" in refused(load_wsgi, "nested_shop:app")


def test_a_missing_dependency_is_told_apart_from_a_missing_module(write: Write):
    name = write("import os\nimport no_such_dependency\n")
    message = refused(load_wsgi, f"{name}:app")
    assert f'{name}.py:2 imports "no_such_dependency"' in message
    assert "requirements" in message
    assert "PYTHONPATH" not in message


def test_a_missing_dependency_inside_the_factory_is_told(write: Write):
    name = write("def create_app():\n    import no_such_dependency\n")
    assert f'{name}.py:2 imports "no_such_dependency"' in refused(load_wsgi, f"{name}:create_app()")


def test_a_syntax_error_says_file_and_line(write: Write):
    name = write("x = 1\ndef create_app(:\n")
    message = refused(load_wsgi, f"{name}:app")
    assert f"{name}.py:2: " in message
    assert "def create_app(:" in message


def test_an_exception_at_import_says_the_users_own_line(write: Write):
    name = write("import json\nCONFIG = '{'\njson.loads(CONFIG)\n")
    message = refused(load_wsgi, f"{name}:app")
    assert "JSONDecodeError" in message
    assert f"{name}.py:3" in message
    assert "json/decoder.py" not in message


def test_an_exception_in_the_factory_says_file_and_line(write: Write):
    name = write("def create_app():\n    raise ValueError('no SECRET_KEY')\n")
    message = refused(load_wsgi, f"{name}:create_app()")
    assert "create_app() raised ValueError: no SECRET_KEY" in message
    assert f"{name}.py:2" in message


def test_a_module_that_exits_does_not_take_the_gateway_with_it(write: Write):
    name = write("import sys\nsys.exit('usage: app.py')\n")
    assert "SystemExit" in refused(load_wsgi, f"{name}:app")


def test_a_missing_attribute_names_near_ones(write: Write):
    name = write(FLASK.replace("app =", "application ="))
    message = refused(load_wsgi, f"{name}:aplication")
    assert f"{name}.py" in message
    assert f"did you mean {name}:application?" in message


def test_a_missing_attribute_without_a_near_name_offers_the_usual_ones(write: Write):
    name = write(FACTORY)
    assert f"did you mean {name}:create_app?" in refused(load_wsgi, f"{name}:x")


def test_a_factory_that_is_not_called_says_what_to_write(write: Write):
    name = write(FACTORY)
    assert f'write "{name}:create_app()"' in refused(load_wsgi, f"{name}:create_app")


def test_a_factory_that_needs_arguments_shows_its_signature(write: Write):
    name = write("def create_app(config):\n    return None\n")
    message = refused(load_wsgi, f"{name}:create_app()")
    assert "missing a required argument: 'config'" in message
    assert "create_app(config)" in message


def test_a_factory_that_returns_nothing_is_named(write: Write):
    name = write("def create_app():\n    pass\n")
    assert "returned None" in refused(load_wsgi, f"{name}:create_app()")


def test_an_async_factory_is_named(write: Write):
    name = write("async def create_app():\n    pass\n")
    assert "async function" in refused(load_wsgi, f"{name}:create_app()")


def test_calling_what_is_already_an_application_is_named(write: Write):
    name = write(FLASK)
    assert f'write "{name}:app"' in refused(load_wsgi, f"{name}:app()")


def test_a_fastapi_application_as_legacy_is_named(write: Write):
    name = write("from fastapi import FastAPI\napp = FastAPI()\n")
    message = refused(load_wsgi, f"{name}:app")
    assert "a FastAPI application, which speaks ASGI" in message
    assert "backends.v2.asgi" in message


def test_a_flask_application_as_v2_is_named(write: Write):
    name = write(FLASK)
    message = refused(load_asgi, f"{name}:app")
    assert "a Flask application, which speaks WSGI" in message
    assert "backends.legacy.wsgi" in message


def test_a_blueprint_is_no_application(write: Write):
    name = write("from flask import Blueprint\nbp = Blueprint('a', __name__)\n")
    assert "is a Blueprint, not a WSGI application" in refused(load_wsgi, f"{name}:bp")


def test_an_asgi_application_is_imported(write: Write):
    name = write("from fastapi import FastAPI\ndef make():\n    return FastAPI()\n")
    assert isinstance(load_asgi(f"{name}:make()"), FastAPI)


def wsgi_function(environ: Any, start_response: Any) -> Any:
    """A WSGI application as a function."""


async def asgi_function(scope: Any, receive: Any, send: Any) -> None:
    """An ASGI application as a function."""


@pytest.mark.parametrize(
    ("candidate", "expected"),
    [
        (Flask("a"), "WSGI"),
        (ProxyFix(Flask("a")), "WSGI"),
        (wsgi_function, "WSGI"),
        (lambda *args: args, "WSGI"),
        (FastAPI(), "ASGI"),
        (asgi_function, "ASGI"),
        (lambda scope, receive, send: (scope, receive, send), "ASGI"),
        (ASGIMiddleware(FastAPI()), "WSGI"),
        (Flask, None),
        (lambda: None, None),
        (lambda config=None: config, None),
        ("text", None),
        (None, None),
    ],
)
def test_the_interface_is_told_by_the_shape_of_the_call(candidate: object, expected: str | None):
    assert interface_of(candidate) == expected


def _closure(app: Flask) -> Any:
    def middleware(environ: Any, start_response: Any) -> Any:
        return app(environ, start_response)

    return middleware


class Odd:
    """A wrapper with a name of its own for what it wraps."""

    def __init__(self, inner: Any) -> None:
        self.whatever = inner

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self.whatever(environ, start_response)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda app: app,
        ProxyFix,
        Odd,
        _closure,
        lambda app: app.wsgi_app,
        lambda app: ProxyFix(app.wsgi_app),
        lambda app: Odd(_closure(Odd(ProxyFix(app.wsgi_app)))),
    ],
)
def test_the_flask_object_is_found_behind_wrappers(wrap: Callable[[Flask], Any]):
    app = Flask("behind")
    assert flask_behind(wrap(app)) is app


def test_a_wrapper_in_a_module_is_looked_through(write: Write):
    name = write(FLASK + "def application(environ, start_response):\n    return app(environ, start_response)\n")
    assert isinstance(flask_behind(load_wsgi(f"{name}:application")), Flask)


def test_proxies_of_flask_beside_the_application_are_no_trouble(write: Write):
    name = write(
        "from flask import Flask, current_app, request\napp = Flask(__name__)\n"
        "@app.before_request\ndef hook():\n    return None if request.path and current_app else None\n"
        "def application(environ, start_response):\n    request, current_app\n"
        "    return app(environ, start_response)\n",
    )
    assert isinstance(flask_behind(load_wsgi(f"{name}:application")), Flask)


@pytest.mark.parametrize("candidate", [None, wsgi_function, FastAPI(), 3])
def test_no_flask_is_no_error(candidate: object):
    assert flask_behind(candidate) is None


def test_the_import_path_no_longer_follows_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "src").mkdir()
    hook = "__editable__.shop-1.0.finder.__path_hook__"  # what setuptools puts there, and compares with
    monkeypatch.setattr(sys, "path", ["", "src", "/srv/lib", hook])
    monkeypatch.chdir(tmp_path)
    fix_import_path()
    assert sys.path == [str(tmp_path), str(tmp_path / "src"), "/srv/lib", hook]
