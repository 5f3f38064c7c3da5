"""The function behind a rule, and its source."""

from __future__ import annotations

import ast
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.views import MethodView

from gateway.anatomy.view import helpers_of, view_of
from tests.unit.anatomy.views import view

ROOT = Path(__file__).parents[3]


def wrapped(function: Any) -> Any:
    @wraps(function)
    def inner(**arguments: Any) -> Any:
        return function(**arguments)

    return inner


def helper() -> str:
    return "a"


@wrapped
@wrapped
def show() -> str:
    """Show it. All of it."""
    return helper() + str(1)


class Words(MethodView):
    def get(self) -> str:
        """Show a word."""
        return "a"

    def post(self) -> str:
        return "b"


def test_a_view_is_found_below_its_wrappers_with_its_place():
    found = view(show)
    assert found.function is show.__wrapped__.__wrapped__
    assert found.registered is show
    assert (found.name, found.summary) == ("show", "Show it. All of it.")
    assert found.path == "tests/unit/anatomy/test_view.py"
    assert Path(ROOT, found.path).read_text(encoding="utf-8").splitlines()[found.line - 1].startswith("def show(")
    assert found.source.startswith("@wrapped\n@wrapped\ndef show")


def test_lines_of_the_tree_are_lines_of_the_file():
    found = view(show)
    assert found.node is not None
    assert found.node.lineno == found.line
    assert Path(ROOT, found.path).read_text(encoding="utf-8").splitlines()[found.node.body[-1].lineno - 1] == (
        "    return helper() + str(1)"
    )


def test_of_a_class_the_methods_function_is_the_view():
    words = Words.as_view("words")
    assert (view(words).summary, view(words).owner) == ("Show a word.", Words)
    assert view(words, "POST").name == "post"
    assert view(words, "HEAD").name == "get"


def test_names_of_a_closure_are_known():
    schema = object()

    def inside() -> str:
        return str(schema)

    assert view(inside).globals["schema"] is schema


def test_a_view_without_source_has_no_tree():
    namespace: dict[str, Any] = {}
    exec("def made():\n    return 'a'\n", namespace)  # noqa: S102 - a function without a file
    found = view(namespace["made"])
    assert (found.node, found.source, found.path, found.line) == (None, "", "", 0)
    assert helpers_of(found) == {}


def test_an_endpoint_that_does_not_exist_is_an_error():
    with pytest.raises(KeyError):
        view_of(Flask("none"), "nothing", "GET", ROOT)


def test_a_file_outside_of_the_project_is_shown_as_it_is_imported():
    flask = Flask("static_files", static_folder=str(ROOT))
    assert view_of(flask, "static", "GET", ROOT / "docs").path == "flask/app.py"


def test_helpers_are_functions_of_the_same_module():
    (name, node), *others = helpers_of(view(show)).items()
    assert (name, others) == ("helper", [])
    assert isinstance(node, ast.FunctionDef)
