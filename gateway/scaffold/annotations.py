"""Types as Python annotations and shapes as Pydantic models: text, and what has to be imported for it. Pure."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from gateway.anatomy.observed import class_name
from gateway.anatomy.shape import ABSENT, Kind, Member, Shape, Type

_PLAIN = {
    Kind.TEXT: "str",
    Kind.EMAIL: "str",
    Kind.INTEGER: "int",
    Kind.BOOLEAN: "bool",
}
_IN_REQUESTS = {Kind.NUMBER: "float", Kind.DECIMAL: "Decimal", Kind.DATETIME: "datetime", Kind.DATE: "date",
                Kind.TIME: "time", Kind.UUID: "UUID", Kind.HTTP_DATE: "str"}  # fmt: skip
_IN_ANSWERS = {Kind.NUMBER: "int | float", Kind.DECIMAL: "Money", Kind.DATETIME: "str", Kind.DATE: "str",
               Kind.TIME: "str", Kind.UUID: "Uuid", Kind.HTTP_DATE: "HttpDate"}  # fmt: skip
_FROM = {
    "Decimal": ("decimal", "Decimal"),
    "datetime": ("datetime", "datetime"),
    "date": ("datetime", "date"),
    "time": ("datetime", "time"),
    "UUID": ("uuid", "UUID"),
}
_MONEY = """\
# A float is refused: it has lost digits already.
Money = Annotated[Decimal | str, PlainSerializer(str, return_type=str)]"""
_HTTP_DATE = """\
HttpDate = Annotated[
    datetime | date | str,
    PlainSerializer(lambda moment: moment if isinstance(moment, str) else http_date(moment), return_type=str),
]"""
_ALIASES = {
    "Money": (
        _MONEY,
        [("typing", "Annotated"), ("decimal", "Decimal"), ("pydantic", "PlainSerializer")],
    ),
    "HttpDate": (
        _HTTP_DATE,
        [
            ("typing", "Annotated"),
            ("datetime", "datetime"),
            ("datetime", "date"),
            ("pydantic", "PlainSerializer"),
            ("werkzeug.http", "http_date"),
        ],
    ),
    "Uuid": (
        "Uuid = Annotated[UUID, Field(strict=False)]",
        [("typing", "Annotated"), ("uuid", "UUID"), ("pydantic", "Field")],
    ),
}
_COERCED = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN})
_TAKEN = frozenset({
    "construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema", "schema_json",
    "update_forward_refs", "validate",
    "date", "datetime", "time",
})  # fmt: skip
"""What a member may not be called: attributes of BaseModel, and types that its own annotation may need."""

_IMPORTED = frozenset({
    "APIRouter", "Annotated", "Any", "BaseModel", "Body", "ConfigDict", "Decimal", "Depends", "Field", "File",
    "FlaskRoute", "Form", "HTTPException", "HttpDate", "JsonValue", "Literal", "Money", "Path", "PlainSerializer",
    "Query", "RedirectResponse", "Response", "UUID", "UploadFile", "Uuid",
})  # fmt: skip
"""What a class may not be called: what a module imports or defines."""


@dataclass(slots=True)
class Imports:
    """What a module needs, and the aliases that it defines."""

    names: set[tuple[str, str]] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)

    def need(self, module: str, name: str) -> str:
        """The name, imported."""
        self.names.add((module, name))
        return name

    def use(self, name: str) -> str:
        """A type that may be an alias of the module's own, or an import."""
        if name in _ALIASES:
            self.aliases[name], needed = _ALIASES[name]
            self.names.update(needed)
        elif name in _FROM:
            self.names.add(_FROM[name])
        return name

    def lines(self) -> list[str]:
        """The import statements, standard library first, as isort has it."""
        modules: dict[str, set[str]] = {}
        for module, name in self.names:
            modules.setdefault(module, set()).add(name)
        standard = sorted(one for one in modules if one.partition(".")[0] in _STANDARD)
        others = sorted(
            one for one in modules if one.partition(".")[0] not in _STANDARD and not one.startswith("gateway")
        )
        ours = sorted(one for one in modules if one.startswith("gateway"))
        made: list[str] = []
        for group in (standard, others, ours):
            if group:
                made += ["", *(f"from {one} import {', '.join(sorted(modules[one], key=_isort))}" for one in group)]
        return made


_STANDARD = frozenset({"datetime", "decimal", "typing", "uuid"})


def _isort(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


@dataclass(slots=True)
class Models:
    """The model classes of a module: text by name. Equal shapes share a class; others of the same name get a number."""

    imports: Imports
    texts: dict[str, str] = field(default_factory=dict)
    _known: dict[tuple[str, bool], str] = field(default_factory=dict)

    def annotation(self, kind: Type, *, for_request: bool) -> str:
        """The annotation of a type; the models that it needs are added."""
        text = self._annotation(kind, for_request=for_request)
        if not kind.nullable or kind.kind is Kind.ANY:
            return text
        return f"{text} | None"

    def model(self, shape: Shape, *, for_request: bool) -> str:
        """The name of the class of a shape."""
        key = (repr(shape), for_request)  # a default may be a list
        if key in self._known:
            return self._known[key]
        base = class_name(shape.name)
        taken = {*self._known.values(), *_IMPORTED}
        wished = [
            base,
            f"{base}{'Sent' if for_request else 'Shown'}",
            *(f"{base}{number}" for number in range(2, 1000)),
        ]
        name = next(one for one in wished if one not in taken)
        self._known[key] = name
        # What is inside comes first: Python needs no order here, people do.
        self.texts[name] = self._class(shape, name, for_request=for_request)
        return name

    def _annotation(self, kind: Type, *, for_request: bool) -> str:  # noqa: PLR0911  one for each kind of value
        match kind.kind:
            case Kind.OBJECT if kind.shape is not None:
                return self.model(kind.shape, for_request=for_request)
            case Kind.LIST:
                items = (
                    self.annotation(kind.items, for_request=for_request)
                    if kind.items is not None
                    else self._any(for_request=for_request)
                )
                return self._limited(f"list[{items}]", kind.limits)
            case Kind.MAPPING:
                items = (
                    self.annotation(kind.items, for_request=for_request)
                    if kind.items is not None
                    else self._any(for_request=for_request)
                )
                return f"dict[str, {items}]"
            case Kind.CHOICE:
                self.imports.need("typing", "Literal")
                return f"Literal[{', '.join(map(literal, kind.choices))}]"
            case Kind.ANY | Kind.OBJECT:
                return self._any(for_request=for_request)
            case _:
                known = {**_PLAIN, **(_IN_REQUESTS if for_request else _IN_ANSWERS)}
                name = self.imports.use(known[kind.kind])
                if not for_request:
                    return name
                strict = [("strict", True)] if kind.kind in _COERCED else []
                return self._limited(name, [*strict, *kind.limits])

    def _any(self, *, for_request: bool) -> str:
        """What a body returns may be anything that FastAPI can write; what a request sends is JSON."""
        return self.imports.need("pydantic", "JsonValue") if for_request else self.imports.need("typing", "Any")

    def _limited(self, name: str, limits: Iterable[tuple[str, Any]]) -> str:
        told = ", ".join(f"{key}={value!r}" for key, value in limits)
        if not told:
            return name
        self.imports.need("typing", "Annotated")
        self.imports.need("pydantic", "Field")
        return f"Annotated[{name}, Field({told})]"

    def _class(self, shape: Shape, name: str, *, for_request: bool) -> str:
        self.imports.need("pydantic", "BaseModel")
        self.imports.need("pydantic", "ConfigDict")
        # A body's dates and decimals come as text, so a request is strict member by member.
        config = f'extra="{shape.extra}"' + ("" if for_request else ", strict=True")
        lines: list[str] = []
        never_null: list[str] = []
        taken: set[str] = set()
        for member in shape.members:
            line, field_name, refuses_null = self._member(member, taken, for_request=for_request)
            lines.append(f"    {line}")
            taken.add(field_name)
            if refuses_null:
                never_null.append(field_name)
        if not for_request and any(member_name(one.name) != one.name for one in shape.members):
            config += ", populate_by_name=True"  # whoever answers may write the Python name
        what = "What a request sends" if for_request else "What is answered"
        head = [f"class {name}(BaseModel):", f'    """{what}."""', "", f"    model_config = ConfigDict({config})"]
        body = [*head, *(["", *lines] if lines else [])]
        if never_null:
            self.imports.need("pydantic", "field_validator")
            names = ", ".join(json.dumps(one) for one in never_null)
            body += [
                "",
                f'    @field_validator({names}, mode="before")',
                "    @classmethod",
                "    def not_null(cls, value: object) -> object:",
                '        """It may be missing, but not null; `model_fields_set` tells which it was."""',
                "        if value is None:",
                '            raise ValueError("may be missing, but not null")',
                "        return value",
            ]
        return "\n".join(body)

    def _member(self, member: Member, taken: set[str], *, for_request: bool) -> tuple[str, str, bool]:
        """The line of a member, its Python name, and whether null has to be refused although it may be missing."""
        name = member_name(member.name)
        while name in taken:
            name += "_"
        alias = f"alias={json.dumps(member.name)}" if name != member.name else ""
        annotation = self.annotation(member.type, for_request=for_request)
        if alias:
            self.imports.need("pydantic", "Field")
        if member.required:
            return f"{name}: {annotation}" + (f" = Field({alias})" if alias else ""), name, False
        told = member.default is not ABSENT and _is_plain(member.default, member.type)
        refuses = not told and not member.type.nullable and member.type.kind is not Kind.ANY
        if refuses:
            annotation = f"{annotation} | None"
        if isinstance(member.default, list | dict):
            self.imports.need("pydantic", "Field")
            factory = type(member.default).__name__
            return (
                f"{name}: {annotation} = Field(default_factory={factory}{', ' + alias if alias else ''})",
                name,
                False,
            )
        default = literal(member.default) if told else "None"
        value = f"Field(default={default}, {alias})" if alias else default
        return f"{name}: {annotation} = {value}", name, refuses


def _is_plain(default: Any, kind: Type) -> bool:
    """Whether a default can be written as it is: of its type, and no secret of the schema's."""
    if default is None:
        return kind.nullable or kind.kind is Kind.ANY
    if isinstance(default, list | dict):
        return not default
    plain = {Kind.TEXT: str, Kind.EMAIL: str, Kind.INTEGER: int, Kind.BOOLEAN: bool, Kind.NUMBER: float}.get(kind.kind)
    return (plain is not None and type(default) is plain) or (kind.kind is Kind.CHOICE and default in kind.choices)


def literal(value: Any) -> str:
    """A value as Python text, in double quotes."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def identifier(name: str) -> str:
    """A name that Python takes for a function or a parameter."""
    made = re.sub(r"\W", "_", name)
    if not made or made[0].isdigit():
        made = f"n_{made}"
    made = made.lstrip("_") or "value"
    return f"{made}_" if keyword.iskeyword(made) else made


def member_name(name: str) -> str:
    """A name that Pydantic takes for a member, too."""
    made = identifier(name)
    return f"{made}_" if made in _TAKEN or made.startswith("model_") else made
