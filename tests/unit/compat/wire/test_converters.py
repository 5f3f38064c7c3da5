"""Path parameters: what Werkzeug's own map takes, and nothing else."""

from uuid import UUID

import pytest
from starlette.convertors import CONVERTOR_TYPES
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, Rule

from gateway.compat.wire.converters import converted, patterns_of
from gateway.compat.wire.declared import Declared

KINDS = {"int": int, "float": float, "uuid": UUID}
SEGMENTS = [
    *("0", "007", "12", "-5", "1.0", "1_000", " 1", "+1", "abc", "٣٤", "1e3", "-1.5", "nan", ".5", "5."),
    *("a" * 32, "{12345678-1234-1234-1234-123456789abc}", "12345678-1234-1234-1234-123456789ABC"),
    "12345678-1234-1234-1234-123456789abc",
]


def werkzeug_takes(rule: str, path: str) -> bool:
    try:
        Map([Rule(rule, endpoint="x")]).bind("shop.test").match(path)
    except NotFound:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("segment", SEGMENTS)
def test_a_segment_fits_where_werkzeug_takes_it(kind: str, segment: str) -> None:
    patterns = patterns_of({"x": Declared(KINDS[kind])}, {"x": CONVERTOR_TYPES["str"]})
    assert (converted(patterns, {"x": segment}) is not None) == werkzeug_takes(f"/<{kind}:x>", f"/{segment}")


@pytest.mark.parametrize("rest", ["", "a", "a/b", "a/"])
def test_the_rest_of_a_path_needs_something(rest: str) -> None:
    patterns = patterns_of({"x": Declared(str)}, {"x": CONVERTOR_TYPES["path"]})
    assert (converted(patterns, {"x": rest}) is not None) == werkzeug_takes("/<path:x>", f"/{rest}")


def test_text_and_what_starlette_has_converted_fit() -> None:
    patterns = patterns_of({"x": Declared(str), "y": Declared(int)}, dict.fromkeys("xyz", CONVERTOR_TYPES["str"]))
    assert set(patterns) == {"y"}
    values = {"x": "any", "y": 5, "z": "any"}
    assert converted(patterns, values) == values


def test_digits_of_any_script_are_numbers_to_both() -> None:
    patterns = patterns_of({"x": Declared(int), "y": Declared(float)}, dict.fromkeys("xy", CONVERTOR_TYPES["str"]))
    assert converted(patterns, {"x": "٣٤", "y": "٣.٤"}) == {"x": "34", "y": "3.4"}
