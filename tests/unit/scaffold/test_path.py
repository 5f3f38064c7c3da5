"""Rules of Flask as FastAPI's paths."""

from __future__ import annotations

import pytest

from gateway.scaffold.path import path_of
from gateway.scaffold.stub import PathParameter


@pytest.mark.parametrize(
    ("rule", "path", "parameters"),
    [
        ("/", "/", []),
        ("/a/<name>", "/a/{name}", [PathParameter("name", "str")]),
        ("/a/<string:name>/", "/a/{name}/", [PathParameter("name", "str")]),
        ("/a/<int:id>", "/a/{id}", [PathParameter("id", "int")]),
        ("/a/<float:id>", "/a/{id}", [PathParameter("id", "float")]),
        ("/a/<uuid:id>", "/a/{id}", [PathParameter("id", "UUID")]),
        ("/a/<path:rest>", "/a/{rest:path}", [PathParameter("rest", "str")]),
        ("/<int:a>-<b>", "/{a}-{b}", [PathParameter("a", "int"), PathParameter("b", "str")]),
        ('/a/<any(x, "y"):kind>', "/a/{kind}", [PathParameter("kind", "str", ("x", "y"))]),
    ],
    ids=["none", "plain", "string", "int", "float", "uuid", "path", "two", "any"],
)
def test_a_rule(rule: str, path: str, parameters: list[PathParameter]):
    assert path_of(rule) == (path, parameters, [])


def test_what_fastapi_has_no_word_for_is_said():
    assert path_of("/a/<slug:name>")[1:] == (
        [PathParameter("name", "str")],
        ["the converter of <slug:name> is the application's own: name is a text here"],
    )
    assert path_of("/a/<int(min=1):id>")[2] == ["<int(min=1):id> is limited by its converter, and not here"]
