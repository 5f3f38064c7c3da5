"""A rule of Flask as FastAPI's path and its parameters. Pure."""

from __future__ import annotations

import re

from gateway.scaffold.stub import PathParameter

_CONVERTER = re.compile(r"<(?:(?P<kind>[A-Za-z_]\w*)(?:\((?P<arguments>[^)]*)\))?:)?(?P<name>[A-Za-z_]\w*)>")
_PATH_TYPES = {
    "": "str",
    "default": "str",
    "string": "str",
    "int": "int",
    "float": "float",
    "uuid": "UUID",
    "path": "str",
}


def path_of(rule: str) -> tuple[str, list[PathParameter], list[str]]:
    """A rule of Flask as FastAPI's path, its parameters, and sentences about converters that FastAPI has not."""
    parameters: list[PathParameter] = []
    puzzles: list[str] = []

    def replaced(found: re.Match[str]) -> str:
        kind, name = found["kind"] or "", found["name"]
        choices: tuple[str, ...] = ()
        if kind == "any":
            choices = tuple(one.strip().strip("\"'") for one in (found["arguments"] or "").split(","))
        elif kind not in _PATH_TYPES:
            puzzles.append(f"the converter of <{kind}:{name}> is the application's own: {name} is a text here")
        elif found["arguments"]:
            puzzles.append(f"<{kind}({found['arguments']}):{name}> is limited by its converter, and not here")
        parameters.append(PathParameter(name, _PATH_TYPES.get(kind, "str"), choices))
        return f"{{{name}:path}}" if kind == "path" else f"{{{name}}}"

    return _CONVERTER.sub(replaced, rule), parameters, puzzles
