"""What is known of a route, put together: parameters, models, switches, and what was not understood. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from gateway.anatomy.arguments import Argument, Reading, headers_set, read_arguments
from gateway.anatomy.guards import guards_of
from gateway.anatomy.observed import class_name, shape_of
from gateway.anatomy.returns import Returns, read_returns
from gateway.anatomy.schemas import Declared, declared_by
from gateway.anatomy.shape import Kind, Member, Shape, Type
from gateway.anatomy.view import View, helpers_of
from gateway.compat.wire.switches import SWITCHES
from gateway.scaffold.answers import plan_answer, plan_status
from gateway.scaffold.observations import Observations
from gateway.scaffold.path import path_of
from gateway.scaffold.protection import CSRF, protections
from gateway.scaffold.stub import Stub

_BODILESS = frozenset({"GET", "HEAD"})
_BODY_KINDS = {
    "int": Kind.INTEGER,
    "float": Kind.NUMBER,
    "bool": Kind.BOOLEAN,
    "Decimal": Kind.DECIMAL,
    "UUID": Kind.UUID,
}
_HELPED = {
    "session": "`session: ReadableSession`, or WritableSession, of gateway.compat.session is legacy's session",
    "current_user": "`user: CurrentUser` of gateway.compat.login is the current user, None for nobody",
    "login_user": "`login: Login` of gateway.compat.login logs in",
    "logout_user": "`login: Login` of gateway.compat.login logs out",
    "flash": "`flashes: Flashes` of gateway.compat.flashes adds messages",
    "get_flashed_messages": "`flashes: Flashes` of gateway.compat.flashes takes messages",
    "verify_jwt_in_request": "`token: AccessToken` of gateway.compat.jwt is checked by legacy's own configuration",
    "get_jwt_identity": "`token: AccessToken` of gateway.compat.jwt has the identity",
    "get_jwt": "`token: AccessToken` of gateway.compat.jwt has the claims",
    "create_access_token": "`tokens: Tokens` of gateway.compat.jwt makes tokens",
    "create_refresh_token": "`tokens: Tokens` of gateway.compat.jwt makes tokens",
    "url_for": "`links: Links` of gateway.compat.links builds legacy's URLs",
    "g": "legacy_context() of gateway.compat.context gives legacy's g",
    "current_app": "legacy_context() of gateway.compat.context gives legacy's current_app",
}


def plan_stub(
    route_id: str,
    rule: str,
    view: View,
    observed: Observations,
    *,
    hooks: Sequence[str] = (),
    csrf: bool = False,
    defaults: dict[str, Any] | None = None,
) -> Stub:
    """The stub of one method of a route. `csrf`: legacy looks for the token of a form first."""
    path, parameters, puzzles = path_of(rule)
    reading = read_arguments(view.node) if view.node is not None else Reading()
    declared = declared_by(view)
    helpers = helpers_of(view)
    returns = read_returns(view.node, helpers) if view.node is not None else Returns()
    if "send_static_file" in view.source:
        reading.uses.add("send_from_directory")
    elif view.node is None:
        puzzles.append("there is no source of the view: only its rule and what was observed are known")
    taken = {one.name for one in parameters}
    query = _arguments(declared, reading, ("query",), taken)
    form = [] if view.method in _BODILESS else _arguments(declared, reading, ("form", "file"), taken)
    guarding, unknown = protections(guards_of(view))
    stub = Stub(
        route_id,
        rule,
        path,
        view.method,
        view.name,
        view,
        view.summary,
        parameters,
        query,
        form,
        status=declared.status,
        hooks=list(hooks),
        dependencies=[*([CSRF] if csrf else []), *guarding],
        headers=headers_set([*([view.node] if view.node is not None else []), *helpers.values()]),
        puzzles=[*puzzles, *unknown, *reading.puzzles],
    )
    if declared.checked_by:
        stub.puzzles.append("webargs and RESTX refuse requests with JSON of their own, which no switch writes")
    _body(stub, declared, reading, observed)
    plan_status(stub, returns, observed)
    plan_answer(stub, declared, reading, returns, observed)
    _switches(stub, observed, refuses_with_422=declared.checked_by == "webargs")
    stub.headers += sorted(declared.headers)
    _words(stub, reading, defaults or {})
    return stub


def _arguments(declared: Declared, reading: Reading, sources: tuple[str, ...], taken: Iterable[str]) -> list[Argument]:
    """What is declared, and what the source reads beside it."""
    found: dict[str, Argument] = {one.name: one for one in reading.of(*sources)}
    found |= {one.name: one for one in declared.arguments if one.source in sources}
    return [one for one in found.values() if one.name not in set(taken)]


def _body(stub: Stub, declared: Declared, reading: Reading, observed: Observations) -> None:
    """The JSON body: declared, else read by name, else observed."""
    if stub.method in {"GET", "HEAD", "DELETE"} and declared.body is None:
        return
    name = class_name(f"{stub.function}_body")
    sent = [one.sent for one in observed.seen if one.sent is not None and one.method == stub.method]
    named = [one for one in reading.of("json") if not one.is_list]
    named += [one for one in declared.arguments if one.source == "json"]
    if declared.body is not None:
        one = Type(Kind.OBJECT, shape=declared.body)
        stub.body = Type(Kind.LIST, items=one) if declared.body_is_list else one
    elif sent and all(isinstance(one, dict) for one in sent):
        stub.body = Type(Kind.OBJECT, shape=shape_of(sent, name))
    elif named:
        stub.body = Type(Kind.OBJECT, shape=_named_shape(name, named, stub))
    elif reading.reads_json:
        stub.body = Type(Kind.ANY)
        stub.puzzles.append("it reads a JSON body, and which members is not to be seen: the body is any JSON here")
    elif reading.reads_raw:
        stub.puzzles.append("it reads the body as bytes: take `request: Request` and read or stream its body")


def _named_shape(name: str, named: list[Argument], stub: Stub) -> Shape:
    members = []
    for one in named:
        identifies = re.search(r"(^|_)id$", one.name) is not None and not one.type
        kind = Kind.INTEGER if identifies else _BODY_KINDS.get(one.type, Kind.ANY)
        members.append(Member(one.name, Type(kind), one.required))
    untold = [one.name for one in members if one.type.kind is Kind.ANY]
    if untold:
        stub.puzzles.append(f"the types of {', '.join(untold)} in the body are not to be seen: any JSON here")
    return Shape(name, tuple(members), "ignore")


def _switches(stub: Stub, observed: Observations, *, refuses_with_422: bool) -> None:
    """What the parameters, and the causes of what was observed, call for."""
    wanted = stub.switches
    refused = set() if refuses_with_422 else {"errors.validation_as_400"}
    if stub.path_parameters:
        wanted.add("params.path_converters")
    if stub.query or stub.form:
        wanted |= {"params.first_value", "params.invalid_utf8"}
    # What is declared to webargs or RESTX is refused when it does not fit; what `request.args` cannot read is absent.
    kinds = {one.type for one in (*stub.query, *stub.form) if one.line}
    if kinds & {"int", "float", "Decimal"}:
        wanted |= {"params.lax_query", "params.empty_values"}
    if "bool" in kinds:
        wanted.add("params.bool_of_text")
    if any(one.required for one in (*stub.query, *stub.form)):
        wanted |= refused
    if stub.body is not None:
        wanted |= {"errors.unsupported_media_type", *refused}
    if stub.is_redirect:
        wanted.add("responses.redirects")
    if stub.method == "GET":
        wanted.add("routing.head")
    if "ETag" in stub.headers:
        stub.headers.remove("ETag")
        wanted.add("files.conditional")
    wanted.add("errors.pages")
    wanted |= observed.switches & SWITCHES.keys()


def _words(stub: Stub, reading: Reading, defaults: dict[str, Any]) -> None:
    for name, value in defaults.items():
        stub.notes.append(f"{name} is {value!r} for this rule")
    for use in sorted(reading.uses):
        if use in _HELPED:
            stub.notes.append(_HELPED[use])
    for one in reading.of("header", "cookie"):
        stub.notes.append(f"it reads the {one.source} {one.name}")
    for header in stub.headers:
        stub.notes.append(f'it sets the header {header}: response.headers["{header}"] = ...')
    for one in (*stub.query, *stub.form):
        if one.type.startswith("?"):
            stub.puzzles.append(f"{one.name} is read as {one.type[1:]}, and as a text here")
