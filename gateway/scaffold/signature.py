"""The parameters of a scaffolded function. Pure."""

from __future__ import annotations

from typing import Any

from gateway.anatomy.arguments import Argument
from gateway.anatomy.shape import ABSENT, Kind
from gateway.scaffold.annotations import Imports, Models, identifier, literal
from gateway.scaffold.stub import PathParameter, Stub

_TYPES = {"": "str", "int": "int", "float": "float", "bool": "bool", "Decimal": "Decimal", "UUID": "UUID"}
_READ_ALIKE = {"int": "query.number", "float": "query.number", "Decimal": "query.number", "bool": "query.bool"}
"""Checks of the doctor about types in the query. What webargs and RESTX declare, they read as FastAPI does."""
_DEFAULTS: dict[str, type] = {"int": int, "float": float, "bool": bool}


def parameters_text(stub: Stub, imports: Imports, models: Models) -> str:
    """The parameters, those without a default first, as Python asks; no two have one name."""
    taken: set[str] = set()
    needed = [_path(one, _free(one.name, taken), imports) for one in stub.path_parameters]
    optional: list[str] = []
    for argument, place in (*((one, "Query") for one in stub.query), *((one, "Form") for one in stub.form)):
        text, has_default = _argument(argument, place, _free(argument.name, taken), imports)
        (optional if has_default else needed).append(text)
    if stub.body is not None:
        annotation = models.annotation(stub.body, for_request=True)
        if stub.body.kind is Kind.ANY:
            imports.need("typing", "Annotated")
            imports.need("fastapi", "Body")
            annotation = f"Annotated[{annotation}, Body()]"
        needed.append(f"{_free('body', taken)}: {annotation}")
    if (stub.headers or stub.sets_status) and not (stub.is_page or stub.is_redirect):
        needed.append(f"{_free('response', taken)}: {imports.need('fastapi', 'Response')}")
    return ", ".join([*needed, *optional])


def _free(name: str, taken: set[str]) -> str:
    made = identifier(name)
    while made in taken:
        made += "_"
    taken.add(made)
    return made


def _path(one: PathParameter, name: str, imports: Imports) -> str:
    if one.choices:
        imports.need("typing", "Literal")
        kind = f"Literal[{', '.join(map(literal, one.choices))}]"
    else:
        kind = imports.use(one.type)
    if name != one.name:
        imports.need("typing", "Annotated")
        imports.need("fastapi", "Path")
        kind = f"Annotated[{kind}, Path(alias={literal(one.name)})]"
    return f"{name}: {kind}"


def _argument(argument: Argument, place: str, name: str, imports: Imports) -> tuple[str, bool]:
    """The text, and whether it has a default."""
    if argument.source == "file":
        kind = imports.need("fastapi", "UploadFile")
    else:
        kind = imports.use(_TYPES.get(argument.type, "str"))
    if argument.is_list:
        kind = f"list[{kind}]"
    told = argument.default is not ABSENT and argument.source != "file" and _fits(argument.default, argument)
    if not argument.required and not told:
        kind = f"{kind} | None"
    options = [f"alias={literal(argument.name)}"] if name != argument.name else []
    if argument.source != "file" and (place == "Form" or argument.is_list or options):
        imports.need("typing", "Annotated")
        imports.need("fastapi", place)
        kind = f"Annotated[{kind}, {place}({', '.join(options)})]"
    elif options:
        imports.need("typing", "Annotated")
        imports.need("fastapi", "File")
        kind = f"Annotated[{kind}, File({', '.join(options)})]"
    return _let_stand(argument, place) + (
        f"{name}: {kind}" if argument.required else f"{name}: {kind} = {literal(argument.default) if told else 'None'}"
    ), not argument.required


def _let_stand(argument: Argument, place: str) -> str:
    """A comment for the doctor above a parameter that legacy's own library refuses, too."""
    check = _READ_ALIKE.get(argument.type)
    if place != "Query" or argument.line or argument.is_list or check is None:
        return ""
    return f"\n    # gateway: ignore[{check}] legacy's library reads it alike\n    "


def _fits(default: Any, argument: Argument) -> bool:
    wanted = _DEFAULTS.get(argument.type, str)
    return type(default) is wanted and not argument.is_list
