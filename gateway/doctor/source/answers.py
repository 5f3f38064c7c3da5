"""What endpoints return, and answers that are made another way than Flask makes them. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gateway.doctor.hit import Hit
from gateway.doctor.source.models import is_model, members
from gateway.doctor.source.module import Class, Place, module_of
from gateway.doctor.source.names import canonical
from gateway.doctor.source.project import Project
from gateway.doctor.source.roots import Endpoint, endpoints

_NAIVE = {
    "datetime.datetime.utcnow": 0,
    "datetime.datetime.utcfromtimestamp": 1,
    "datetime.datetime.now": 0,
    "datetime.datetime.fromtimestamp": 1,
    "datetime.datetime.today": 0,
}
"""What makes a time without a zone, and how many arguments it has before the zone."""
_NEVER_AWARE = frozenset({"datetime.datetime.utcnow", "datetime.datetime.utcfromtimestamp", "datetime.datetime.today"})
_SAMESITE_AT = 8
_STATUS_AT = 1


def answers(project: Project) -> Iterator[Hit]:
    """Redirects, cookies, times and what endpoints return."""
    for place in project.places:
        for node in place.nodes:
            if isinstance(node, ast.Call):
                yield from _call(project, node, place)
    for endpoint in endpoints(project):
        yield from _returned(project, endpoint)


def _call(project: Project, node: ast.Call, place: Place) -> Iterator[Hit]:
    symbol = canonical(project.symbol(node.func, place))
    given = {one.arg for one in node.keywords}
    if None in given:
        return  # **options may hold anything
    if symbol == "starlette.responses.RedirectResponse":
        if "status_code" not in given and len(node.args) <= _STATUS_AT:
            yield _hit(place, node, "redirect.status", "RedirectResponse without status_code= is a 307")
    elif symbol.startswith("starlette.responses.") and symbol.endswith("().set_cookie"):
        if "samesite" not in given and len(node.args) <= _SAMESITE_AT:
            yield _hit(place, node, "cookie.samesite", "set_cookie without samesite= says SameSite=lax")
    elif symbol in _NAIVE:
        has_zone = symbol not in _NEVER_AWARE and ("tz" in given or len(node.args) > _NAIVE[symbol])
        if not has_zone:
            yield _hit(place, node, "datetime.naive", f"{symbol.partition('.')[2]}() gives a time without a zone")


def _returned(project: Project, endpoint: Endpoint) -> Iterator[Hit]:
    function = endpoint.function
    is_page = endpoint.option("response_class") is not None
    model = _response_model(project, endpoint)
    for node in function.nodes:
        if not isinstance(node, ast.Return) or node.value is None:
            continue
        match node.value:
            case ast.Tuple():
                yield _hit(function, node.value, "return.tuple", f"{function.node.name} returns a tuple")
            case ast.JoinedStr() | ast.Constant(value=str()) if not is_page and model is None:
                yield _hit(function, node.value, "return.text", f"{function.node.name} returns text without a class")
            case ast.Dict(keys=keys) if model is not None:
                known = _accepted(project, model)
                written = [key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
                dropped = [key for key in written if key not in known]
                if dropped:
                    names = ", ".join(f'"{name}"' for name in dropped)
                    what = f"{function.node.name} returns {names}, which {model.node.name} lacks"
                    yield _hit(function, node.value, "model.drops-members", what)


def _response_model(project: Project, endpoint: Endpoint) -> Class | None:
    """The project's model that filters what is returned; None when there is none, or it allows any member."""
    said = endpoint.option("response_model")
    annotation = said if said is not None else endpoint.function.node.returns
    named = project.annotated(annotation, endpoint.function).removesuffix("()")
    model = project.classes.get(named)
    return model if model is not None and is_model(project, model) and not _allows_more(project, model) else None


def _allows_more(project: Project, model: Class) -> bool:
    """Whether `extra="allow"` is in its configuration, or in one above it."""
    return any(
        isinstance(one, ast.Constant) and one.value == "allow"
        for owner in project.ancestors(model)[0]
        for node in owner.node.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and "model_config" in ast.unparse(node)
        for one in ast.walk(node)
    )


def _accepted(project: Project, model: Class) -> set[str]:
    """The names of the members, and their aliases."""
    found = set()
    for name, member in members(project, model).items():
        found.add(name)
        for node in ast.walk(member.node):
            match node:
                case ast.keyword(arg="alias" | "validation_alias", value=ast.Constant(value=str(alias))):
                    found.add(alias)
                case _:
                    pass
    return found


def _hit(place: Place, node: ast.expr, check: str, what: str) -> Hit:
    return Hit(module_of(place).path, node.lineno, node.col_offset + 1, check, what)
