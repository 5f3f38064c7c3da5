"""Flask's JSON: byte for byte with every switch, and one trait at a time."""

import json
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import pytest
from flask import Flask, jsonify
from flask.json.provider import DefaultJSONProvider, JSONProvider
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, PlainSerializer

from gateway.compat.wire.json_form import SWITCHES, Form

MOMENT = datetime(2025, 1, 5, 10, 0, 0, 123456)  # noqa: DTZ001 - a naive time is one of the traits


@dataclass
class Point:
    x: int
    day: date


class Page:
    """Flask writes what has a method for templates as that method's text."""

    def __html__(self) -> str:
        return "<b>page</b>"

    def __repr__(self) -> str:
        return "page"


VALUES = [
    {"b": "ü", "a": [1, 2.5, None, True]},
    {"at": MOMENT, "utc": MOMENT.replace(tzinfo=UTC), "day": date(2025, 1, 5)},
    {"offset": MOMENT.replace(tzinfo=timezone(timedelta(hours=2)))},
    {"price": Decimal("1.10"), "whole": Decimal(5), "long": Decimal("12345678901234567890.5")},
    {"id": UUID(int=5), "point": Point(1, date(2025, 1, 5))},
    {"nan": math.nan, "inf": [math.inf, -math.inf]},
    {"half": "\ud800", "pair": "\U0001f600"},
    {2: "b", 10: "a"},
    {"_sa": 1, "_salary": {"_sales": 2}},
    {"page": Page()},
    [],
    "text",
    None,
]


def flask_body(value: Any, provider: Any = None) -> bytes:
    app = Flask("legacy")
    if provider is not None:
        app.json = provider(app)
    with app.app_context():
        return jsonify(value).get_data()


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_with_every_switch_it_is_jsonify(value: Any) -> None:
    form = Form(SWITCHES)
    assert form.text(form.encoded(value)).encode() == flask_body(value)


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.datetimes(datetime(1900, 1, 1))  # noqa: DTZ001 - as above
    | st.dates()
    | st.decimals()
    | st.uuids()
)
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))


@given(value=TREES)
def test_whatever_jsonify_can_write_is_written_the_same(value: Any) -> None:
    form = Form(SWITCHES)
    value = {"value": value}
    assert form.text(form.encoded(value)).encode() == flask_body(value)


@pytest.mark.parametrize(
    ("switch", "value", "plain", "formed"),
    [
        ("json.http_dates", MOMENT, "2025-01-05T10:00:00.123456", "Sun, 05 Jan 2025 10:00:00 GMT"),
        ("json.decimal_as_text", Decimal("1.10"), 1.1, "1.10"),
    ],
)
def test_a_switch_changes_its_own_values_only(switch: str, value: Any, plain: Any, formed: Any) -> None:
    off, on = Form(SWITCHES - {switch}), Form({switch})
    assert off.encoded({"value": value}) == {"value": plain}
    assert on.encoded({"value": value}) == {"value": formed}
    assert (off.used, on.used) == (set(), {switch})
    assert Form({switch}).encoded({"value": UUID(int=1)}) == {"value": str(UUID(int=1))}


def test_nan_is_refused_as_fastapi_does_unless_it_is_wished_for() -> None:
    for wished in ({"json.text_form"}, {"json.ascii"}, set()):
        with pytest.raises(ValueError, match="not JSON compliant"):
            Form(wished).text({"a": math.nan})
    form = Form({"json.nan"})
    assert form.text({"b": math.nan, "a": "ü"}) == '{"b":NaN,"a":"ü"}'
    assert form.used == {"json.nan"}


def test_ascii_alone_keeps_the_order_and_says_when_it_mattered() -> None:
    form = Form({"json.ascii"})
    assert form.text({"b": 1, "a": 2}) == '{"b":1,"a":2}'
    assert form.used == set()
    assert form.text({"b": "\ud800"}) == '{"b":"\\ud800"}'
    assert form.used == {"json.ascii"}


def test_keys_of_several_types_are_sorted_where_flask_fails() -> None:
    assert Form({"json.text_form"}).text({"b": 1, 10: 2, None: 3}) == '{"10":2,"b":1,"null":3}\n'


class Priced(BaseModel):
    at: datetime
    price: Decimal
    shown: Annotated[datetime, PlainSerializer(lambda at: f"{at:%d.%m.%Y}")]
    ratio: float = Field(serialization_alias="Ratio")
    inner: list[Point]


def test_a_model_is_dumped_by_its_own_names_and_an_authors_serializer_stays() -> None:
    model = Priced(at=MOMENT, price=Decimal("1.10"), shown=MOMENT, ratio=math.nan, inner=[Point(1, MOMENT.date())])
    assert Form(SWITCHES - {"json.nan"}).encoded([model]) == [
        {
            "at": "Sun, 05 Jan 2025 10:00:00 GMT",
            "price": "1.10",
            "shown": "05.01.2025",
            "Ratio": None,
            "inner": [{"x": 1, "day": "Sun, 05 Jan 2025 00:00:00 GMT"}],
        }
    ]


class OurDates(DefaultJSONProvider):
    sort_keys = False
    mimetype = "application/vnd.shop+json"

    @staticmethod
    def default(o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else DefaultJSONProvider.default(o)


class Other(JSONProvider):
    def dumps(self, obj: Any, **_: Any) -> str:
        return json.dumps(obj, indent=1)


@pytest.mark.parametrize("provider", [OurDates, Other])
def test_the_legacy_applications_own_provider_decides(provider: Any) -> None:
    legacy = Flask("legacy")
    legacy.json = provider(legacy)
    form = Form(SWITCHES, legacy)
    value = {"b": "ü", "a": 1}
    assert form.text(form.encoded(value)).encode() == flask_body(value, provider)


def test_its_default_function_and_media_type_count() -> None:
    legacy = Flask("legacy")
    legacy.json = OurDates(legacy)
    form = Form(SWITCHES, legacy)
    assert form.encoded({"at": MOMENT, "day": MOMENT.date()}) == {
        "at": MOMENT.isoformat(),
        "day": "Sun, 05 Jan 2025 00:00:00 GMT",
    }
    assert form.media_type == "application/vnd.shop+json"


class Colour(Enum):
    RED = 1


class Money:
    def __init__(self) -> None:
        self.amount = Decimal("1.10")


class OurTypes(DefaultJSONProvider):
    @staticmethod
    def default(o: Any) -> Any:
        match o:
            case Enum():
                return o.name
            case set():
                return sorted(o)
            case Money():
                return {"value": o.amount, "on": date(2025, 1, 5)}
            case Point():
                return [o.x, o.day]
            case _:
                return DefaultJSONProvider.default(o)


class OfText(JSONProvider):
    def dumps(self, obj: Any, **_: Any) -> str:
        return json.dumps(obj, default=lambda value: f"<{type(value).__name__}>")


@pytest.mark.parametrize("provider", [OurTypes, OfText])
def test_what_its_provider_alone_can_write_is_written_as_there(provider: Any) -> None:
    legacy = Flask("legacy")
    legacy.json = provider(legacy)
    value = {
        "colour": Colour.RED,
        "money": [Money()],
        "tags": {"b", "a"},
        "point": Point(1, date(2025, 1, 5)),
        "at": MOMENT,
        "price": Decimal("1.10"),
    }
    form = Form(SWITCHES, legacy)
    assert form.text(form.encoded(value)).encode() == flask_body(value, provider)


def test_what_legacy_cannot_write_is_written_as_fastapi_does() -> None:
    value = {"colour": Colour.RED, "money": Money(), "for": timedelta(seconds=5), "dates": {date(2025, 1, 5)}}
    with pytest.raises(TypeError):
        flask_body(value)
    assert Form(SWITCHES).encoded(value) == {
        "colour": 1,
        "money": {"amount": "1.10"},
        "for": 5.0,
        "dates": ["Sun, 05 Jan 2025 00:00:00 GMT"],
    }


def test_debug_mode_indents_as_flask_does() -> None:
    legacy = Flask("legacy")
    legacy.debug = True
    assert Form(SWITCHES, legacy).text({"a": 1}) == '{\n  "a": 1\n}\n'
