"""Pydantic models that coerce, lose digits, or ask for what may be missing. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.doctor.hit import Hit
from gateway.doctor.source.module import Class, Place
from gateway.doctor.source.names import canonical
from gateway.doctor.source.project import Project
from gateway.doctor.source.roots import endpoints

BASES = frozenset({"pydantic.BaseModel", "sqlmodel.SQLModel", "pydantic.RootModel"})
MONEY = frozenset({
    "amount", "balance", "budget", "charge", "commission", "cost", "costs", "deposit", "discount", "fare", "fee",
    "fees", "income", "payment", "payout", "payroll", "premium", "price", "prices", "refund", "revenue", "salary",
    "subtotal", "surcharge", "tax", "taxes", "tip", "vat", "wage", "wages",
})  # fmt: skip
_IDENTIFIER = re.compile(r"(^|_)(id|ids|pk|uid)$")
_STRICT_TYPES = frozenset({"pydantic.StrictInt", "pydantic.StrictBool", "pydantic.types.StrictInt"})


@dataclass(frozen=True, slots=True)
class Member:
    """A field of a model, as it is written."""

    name: str
    node: ast.AnnAssign
    model: Class

    @property
    def has_default(self) -> bool:
        """Whether it may be left out."""
        return not _is_required(self.node.value)


def is_model(project: Project, owner: Class) -> bool:
    """Whether a class is a Pydantic model, by what it is derived from."""
    return any(canonical(base) in BASES for base in project.ancestors(owner)[1])


def members(project: Project, model: Class) -> dict[str, Member]:
    """The fields of a model, those that it inherits included."""
    found: dict[str, Member] = {}
    for owner in project.ancestors(model)[0]:
        for node in owner.node.body:
            if (
                isinstance(node, ast.AnnAssign)
                and isinstance(node.target, ast.Name)
                and node.target.id != "model_config"
            ):
                found.setdefault(node.target.id, Member(node.target.id, node, owner))
    return found


def is_money(name: str) -> bool:
    """Whether a name speaks of money: `price`, `monthly_fee`, `totalAmount`."""
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())
    return not MONEY.isdisjoint(words) and not {"rate", "ratio", "percent", "count"} & set(words)


def models(project: Project) -> Iterator[Hit]:
    """What is wrong with the models of the project."""
    asked = request_models(project)
    for model in project.classes.values():
        if not is_model(project, model):
            continue
        if _config(project, model, "coerce_numbers_to_str", own=True):
            what = f"{model.node.name} turns numbers into text"
            yield Hit(model.module.path, model.node.lineno, 1, "model.numbers-to-text", what)
        for member in members(project, model).values():
            if member.model is model:
                yield from _member(project, model, member, is_asked=model.name in asked)


def _member(project: Project, model: Class, member: Member, *, is_asked: bool) -> Iterator[Hit]:
    place = model.parent or model.module
    label = f"{model.node.name}.{member.name}"
    named = set(_named(project, member.node.annotation, place))
    if is_money(member.name) and "builtins.float" in named:
        yield _hit(model, member, "model.float-money", f"{label} is money as a float")
    if not is_asked:
        return
    if _spells_optional(project, member.node.annotation, place) and not member.has_default:
        yield _hit(
            model, member, "model.optional-required", f"{label} is Optional without a default, so it is required"
        )
    if _is_strict(project, model, member, place):
        return
    if "builtins.int" in named and _IDENTIFIER.search(member.name):
        yield _hit(model, member, "model.lax-id", f'{label} takes "12", 12.0 and true for a number')
    if "builtins.bool" in named:
        yield _hit(model, member, "model.lax-bool", f'{label} takes "off", "n" and 0 for false')


def request_models(project: Project) -> set[str]:
    """The models that a request's body is read into, and those inside of them."""
    found: set[str] = set()
    waiting: list[Class] = []
    for endpoint in endpoints(project):
        for parameter in endpoint.function.parameters:
            named = _named(project, parameter.annotation, endpoint.function)
            waiting.extend(project.classes[name] for name in named if name in project.classes)
    while waiting:
        model = waiting.pop()
        if model.name in found or not is_model(project, model):
            continue
        found.add(model.name)
        for member in members(project, model).values():
            place = member.model.parent or member.model.module
            named = _named(project, member.node.annotation, place)
            waiting.extend(project.classes[name] for name in named if name in project.classes)
    return found


def _named(project: Project, annotation: ast.expr | None, place: Place, depth: int = 0) -> Iterator[str]:
    """Every type that an annotation names, aliases of the project followed."""
    if annotation is None or depth > 8:  # noqa: PLR2004  aliases of aliases end somewhere
        return
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return
    match annotation:
        case ast.Name() | ast.Attribute():
            alias = project.expression(annotation, place)
            if alias is not None:
                yield from _named(project, alias[0], alias[1], depth + 1)
            else:
                yield canonical(project.symbol(annotation, place))
        case ast.Subscript(value=value, slice=inner):
            outer = canonical(project.symbol(value, place))
            yield outer
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            for part in parts[:1] if outer == "typing.Annotated" else parts:
                yield from _named(project, part, place, depth + 1)
        case ast.BinOp(left=left, right=right):
            yield from _named(project, left, place, depth + 1)
            yield from _named(project, right, place, depth + 1)
        case _:
            pass


def _is_strict(project: Project, model: Class, member: Member, place: Place) -> bool:
    if _config(project, model, "strict"):
        return True
    if _STRICT_TYPES & set(_named(project, member.node.annotation, place)):
        return True
    said = [member.node.annotation, *([member.node.value] if member.node.value is not None else [])]
    alias = project.expression(member.node.annotation, place)
    said += [alias[0]] if alias is not None else []
    return any(_says_strict(node) for one in said for node in ast.walk(one))


def _says_strict(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="Strict") | ast.Attribute(attr="Strict")):
            return True
        case ast.keyword(arg="strict", value=ast.Constant(value=True)):
            return True
        case _:
            return False


def _config(project: Project, model: Class, option: str, *, own: bool = False) -> bool:
    """Whether `model_config` of the model, or of one above it, switches an option on."""
    for owner in project.ancestors(model)[0][: 1 if own else None]:
        for node in owner.node.body:
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id="model_config")], value=value)
                    | ast.AnnAssign(target=ast.Name(id="model_config"), value=ast.expr() as value)
                ):
                    pass
                case _:
                    continue
            for one in ast.walk(value):
                said = _said(one, option)
                if said is not None:
                    return said
    return False


def _said(node: ast.AST, option: str) -> bool | None:
    """What a part of a configuration says about an option: `ConfigDict(strict=True)`, `{"strict": True}`."""
    match node:
        case ast.keyword(arg=name, value=ast.Constant(value=on)) if name == option:
            return bool(on)
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and key.value == option and isinstance(value, ast.Constant):
                    return bool(value.value)
            return None
        case _:
            return None


def _spells_optional(project: Project, annotation: ast.expr, place: Place) -> bool:
    return (
        isinstance(annotation, ast.Subscript)
        and canonical(project.symbol(annotation.value, place)) == "typing.Optional"
    )


def _is_required(value: ast.expr | None) -> bool:
    match value:
        case None:
            return True
        case ast.Constant(value=given):
            return given is Ellipsis
        case ast.Call(args=args, keywords=keywords):  # Field(...)
            first = args[0] if args else None
            if isinstance(first, ast.Constant) and first.value is Ellipsis:
                return True
            return first is None and not {"default", "default_factory"} & {one.arg for one in keywords}
        case _:
            return False


def _hit(model: Class, member: Member, check: str, what: str) -> Hit:
    return Hit(model.module.path, member.node.lineno, member.node.col_offset + 1, check, what)
