"""The text of a router's module: models, and for each route a function whose body is left to people. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, count

from gateway.scaffold.annotations import Imports, Models, identifier, literal
from gateway.scaffold.signature import parameters_text
from gateway.scaffold.stub import Dependency, Stub

MARK = "Write this."
_RESERVED = frozenset({
    "csrf_protect", "date", "datetime", "field_validator", "fresh_login_required", "hooks", "http_date",
    "jwt_required", "kept", "login_required", "router", "time",
})  # fmt: skip
"""What a module may import or define in lower case."""


def module_text(stubs: Sequence[Stub], legacy: str) -> str:
    """The module for some routes. `legacy` is the import string of the application that they were read from."""
    imports = Imports()
    models = Models(imports)
    imports.need("fastapi", "APIRouter")
    imports.need("fastapi", "HTTPException")
    imports.need("gateway.compat.wire.choice", "kept")
    imports.need("gateway.compat.wire.route", "FlaskRoute")
    names = function_names(stubs)
    common = [one for one in stubs[0].hooks if all(one in stub.hooks for stub in stubs)] if stubs else []
    functions = [_function(stub, names[number], common, imports, models) for number, stub in enumerate(stubs)]
    router = ["route_class=FlaskRoute", *_dependencies(common, imports)]
    aliases = sorted(imports.aliases.values())
    parts = [
        _head(stubs, legacy),
        "from __future__ import annotations",
        "\n".join(imports.lines()).strip("\n"),
        f"router = APIRouter({', '.join(router)})",
        *(["\n".join(aliases)] if aliases else []),
    ]
    return "\n\n".join(parts) + "\n\n\n" + "\n\n\n".join([*models.texts.values(), *functions]) + "\n"


def in_order(stubs: Sequence[Stub]) -> list[Stub]:
    """The more specific first: FastAPI takes the first route that matches, Flask the most specific."""

    def weight(stub: Stub) -> tuple[list[tuple[int, str]], str]:
        segments = stub.path.strip("/").split("/")
        return [(2 if ":path" in one else 1 if "{" in one else 0, one) for one in segments], stub.method

    return sorted(stubs, key=weight)


def _head(stubs: Sequence[Stub], legacy: str) -> str:
    listed = "\n".join(f"    {stub.method:<7} {stub.rule}    {stub.route_id}" for stub in stubs)
    return (
        f'"""Written by `gateway scaffold` from {legacy}, to be filled in by people.\n\n{listed}\n\n'
        "Each body that is marked has legacy's source in comments; until it is written, the route answers 501. In the\n"
        "application that includes `router`, gateway.compat.legacy.bind(app) lets the switches reach legacy.\n"
        '"""'
    )


def function_names(stubs: Sequence[Stub]) -> list[str]:
    """A name for each stub's function, no two alike and none that the module has another use for."""
    taken = set(_RESERVED)
    names: list[str] = []
    for stub in stubs:
        own = stub.function if stub.view.owner is None and stub.function.isidentifier() else stub.route_id.lower()
        wished = [own, stub.route_id.lower(), f"{stub.route_id}_{stub.method}".lower()]
        numbered = (f"{wished[-1]}_{number}" for number in count(2))
        name = next(name for one in chain(wished, numbered) if (name := identifier(one)) not in taken)
        taken.add(name)
        names.append(name)
    return names


def _function(stub: Stub, name: str, common: Sequence[str], imports: Imports, models: Models) -> str:
    decorator = _decorator(stub, common, imports)
    switches = ", ".join(f'"{one}"' for one in sorted(stub.switches))
    parameters, asked = parameters_text(stub, imports, models), _returns(stub, imports, models)
    lines = [
        f"@router.{stub.method.lower()}({decorator})",
        *([f"@kept({switches})"] if switches else []),
        f"def {name}({parameters}) -> {asked}:",
        f'    """{_sentence(stub)}"""',
    ]
    lines += [f"    # {line}" for line in _comments(stub)]
    where = f"{stub.view.path}:{stub.view.line}" if stub.view.path else stub.view.endpoint
    lines.append(f'    raise HTTPException(501, "{stub.route_id} is not written yet: see {where}")')
    return "\n".join(lines)


def _sentence(stub: Stub) -> str:
    text = (
        (stub.summary or f"{stub.method} {stub.rule}").replace("\\", "\\\\").replace('"""', "'''").rstrip('"').strip()
    )
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _decorator(stub: Stub, common: Sequence[str], imports: Imports) -> str:
    options = [f'"{stub.path}"']
    if stub.status is not None and stub.status != 200:  # noqa: PLR2004  FastAPI's own default
        options.append(f"status_code={stub.status}")
    if stub.sparse:
        options.append("response_model_exclude_unset=True")
    if stub.is_page or stub.is_redirect:
        options.append("response_model=None")
    options += _dependencies([one for one in stub.hooks if one not in common], imports, stub.dependencies)
    return ", ".join(options)


def _dependencies(hooks: Sequence[str], imports: Imports, others: Sequence[Dependency] = ()) -> list[str]:
    """The argument that runs legacy's functions of these names first, and then the others; none for nothing."""
    calls = [f"hooks({', '.join(map(literal, hooks))})"] if hooks else []
    if hooks:
        imports.need("gateway.compat.hooks", "hooks")
    for one in others:
        imports.need(one.module, one.name)
        calls.append(one.call)
    if not calls:
        return []
    imports.need("fastapi", "Depends")
    return [f"dependencies=[{', '.join(f'Depends({call})' for call in calls)}]"]


def _returns(stub: Stub, imports: Imports, models: Models) -> str:
    if stub.is_redirect:
        imports.need("fastapi.responses", "RedirectResponse")
        return "RedirectResponse"
    if stub.is_page:
        return imports.need("fastapi", "Response")
    if stub.status == 204:  # noqa: PLR2004  No Content
        return "None"
    if stub.answer is None:
        imports.need("typing", "Any")
        return "dict[str, Any]"
    return models.annotation(stub.answer, for_request=False)


def _comments(stub: Stub) -> list[str]:
    """What was not understood, what helps, and legacy's source."""
    source = [line.rstrip() for line in stub.view.source.splitlines()]
    lines = [f"{MARK} What legacy does ({stub.view.path}:{stub.view.line}):" if source else MARK]
    lines += [f"    {line}".rstrip() for line in source]
    lines += [f"Not understood: {one}." for one in stub.puzzles]
    lines += [f"{one[:1].upper()}{one[1:]}." for one in stub.notes]
    return lines
