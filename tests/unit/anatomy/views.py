"""Views as Flask has them, to be read."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from flask import Flask

from gateway.anatomy.view import View, view_of


def tree(text: str) -> ast.FunctionDef:
    """The first function of a text."""
    return next(one for one in ast.parse(text).body if isinstance(one, ast.FunctionDef))


def view(function: Any, method: str = "GET") -> View:
    """A function, or a class of views, as the view of an application."""
    flask = Flask("views")
    flask.add_url_rule("/it", endpoint="it", view_func=function, methods=[method])
    return view_of(flask, "it", method, Path(__file__).parents[3])
