"""The form of values and of text in Flask's JSON, one trait at a time; whatever is not asked for stays FastAPI's.

What an author wrote stays too: a serializer of a model's own field is not undone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import GeneratorType, NoneType
from typing import Any

from fastapi.encoders import jsonable_encoder
from flask import Flask
from flask.json.provider import DefaultJSONProvider, JSONProvider
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

Encoders = dict[Any, Callable[[Any], Any]]
_NATIVE = (str, int, float, NoneType, dict, list, tuple, GeneratorType, BaseModel, date, Decimal)
SWITCHES = frozenset({"json.text_form", "json.http_dates", "json.decimal_as_text", "json.nan", "json.ascii"})


class _ForeignType(type):
    def __instancecheck__(cls, value: object) -> bool:
        return not isinstance(value, _NATIVE)


class _Foreign(metaclass=_ForeignType):
    """Every value that is none of JSON's own types, no model, no date and no Decimal."""


@dataclass(slots=True)
class Form:
    """What is wished for, and which of it was needed: `used` grows while values are formed.

    `legacy` is the legacy application, whose JSON provider says the details; None where it is not bound: then Flask's
    defaults count. One Form an answer.
    """

    wished: Collection[str]
    legacy: Flask | None = None
    used: set[str] = field(default_factory=set)
    _encoders: Encoders = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._encoders = self._chosen_encoders()

    @property
    def _provider(self) -> JSONProvider | None:
        return None if self.legacy is None else self.legacy.json

    def encoded(self, value: Any) -> Any:
        """A value as FastAPI encodes it where there is no response model, in the wished form."""
        return jsonable_encoder(value, custom_encoder=self._encoders)

    def merged(self, python: Any, jsonable: Any) -> Any:
        """A model's dump in the wished form: `python` and `jsonable` are the same value, dumped in both modes."""
        match python:
            case dict() if isinstance(jsonable, dict) and len(python) == len(jsonable):
                pairs = zip(python.values(), jsonable.items(), strict=True)
                return {name: self.merged(ours, theirs) for ours, (name, theirs) in pairs}
            case list() | tuple() if isinstance(jsonable, list) and len(python) == len(jsonable):
                return [self.merged(ours, theirs) for ours, theirs in zip(python, jsonable, strict=True)]
            case date() if "json.http_dates" in self.wished and jsonable == to_jsonable_python(python):
                return self._date(python)
            case float() if jsonable is None or isinstance(jsonable, float):
                return self._number_of_model(python)
            case _:
                return jsonable

    def text(self, value: Any) -> str:
        """JSON text. Raises ValueError for NaN where it is not wished for, as FastAPI does.

        `value` is encoded already: of JSON's own types only.
        """
        try:
            text = self._text(value, allow_nan=False)
        except ValueError:
            if "json.nan" not in self.wished:
                raise
            text = self._text(value, allow_nan=True)
            self.used.add("json.nan")
        return text

    @property
    def media_type(self) -> str:
        """What the answer says it is."""
        if "json.text_form" in self.wished and isinstance(self._provider, DefaultJSONProvider):
            return self._provider.mimetype
        return "application/json"

    def _chosen_encoders(self) -> Encoders:
        encoders: Encoders = {BaseModel: self._of_model}
        if "json.http_dates" in self.wished:
            encoders[date] = self._date  # and so datetime
        if "json.decimal_as_text" in self.wished:
            encoders[Decimal] = self._decimal
        if "json.text_form" in self.wished:
            encoders[dict] = self._dict
            encoders[_Foreign] = self._foreign
        return encoders

    def _dict(self, value: dict[Any, Any]) -> dict[Any, Any]:
        """Every member: FastAPI leaves out those whose names begin with `_sa`, as SQLAlchemy's own do."""
        return {self.encoded(name): self.encoded(member) for name, member in value.items()}

    def _foreign(self, value: Any) -> Any:
        """As legacy's provider writes it; as FastAPI does where legacy would fail with 500."""
        try:
            written = self._as_legacy(value)
        except TypeError:
            known = {kind: encoder for kind, encoder in self._encoders.items() if kind is not _Foreign}
            return jsonable_encoder(value, custom_encoder=known)
        return self.encoded(written)

    def _of_model(self, model: BaseModel) -> Any:
        return self.merged(model.model_dump(by_alias=True), model.model_dump(mode="json", by_alias=True))

    def _date(self, value: date) -> Any:
        self.used.add("json.http_dates")
        return self._as_legacy(value)

    def _decimal(self, value: Decimal) -> Any:
        self.used.add("json.decimal_as_text")
        return self._as_legacy(value)

    def _as_legacy(self, value: Any) -> Any:
        """What the application's own provider makes of a value that JSON has no type for. Raises TypeError for none."""
        provider = self._provider
        if provider is None or isinstance(provider, DefaultJSONProvider):
            return (provider or DefaultJSONProvider).default(value)
        return json.loads(provider.dumps(value))  # another library's, with rules of its own

    def _number_of_model(self, value: float) -> float | None:
        """Pydantic writes null for what JSON has no number for."""
        return value if math.isfinite(value) or "json.nan" in self.wished else None

    def _text(self, value: Any, *, allow_nan: bool) -> str:
        if "json.text_form" not in self.wished:
            return self._ascii_or_not(value, allow_nan=allow_nan)
        self.used.add("json.text_form")
        try:
            return self._flask_text(value, allow_nan=allow_nan)
        except TypeError:
            return self._flask_text(_sortable(value), allow_nan=allow_nan)

    def _ascii_or_not(self, value: Any, *, allow_nan: bool) -> str:
        plain = json.dumps(value, ensure_ascii=False, allow_nan=allow_nan, separators=(",", ":"))
        if "json.ascii" not in self.wished or plain.isascii():
            return plain
        self.used.add("json.ascii")
        return json.dumps(value, allow_nan=allow_nan, separators=(",", ":"))

    def _flask_text(self, value: Any, *, allow_nan: bool) -> str:
        provider = self._provider
        if provider is None or self.legacy is None:
            return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=allow_nan) + "\n"
        if not isinstance(provider, DefaultJSONProvider):
            return provider.dumps(value)  # another library's, with options of its own
        indented = provider.compact is False or (provider.compact is None and self.legacy.debug)
        layout: dict[str, Any] = {"indent": 2} if indented else {"separators": (",", ":")}
        return provider.dumps(value, allow_nan=allow_nan, **layout) + "\n"


def _sortable(value: Any) -> Any:
    """The same, with keys that can be sorted. Flask fails with 500 where text and numbers are mixed; v2 does not."""
    match value:
        case dict():
            mixed = len({isinstance(name, str) for name in value}) > 1 or None in value
            return {(_key(name) if mixed else name): _sortable(member) for name, member in value.items()}
        case list():
            return [_sortable(member) for member in value]
        case _:
            return value


def _key(name: Any) -> str:
    return name if isinstance(name, str) else json.dumps(name)
