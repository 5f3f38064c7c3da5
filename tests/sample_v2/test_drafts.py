"""What a request may say about an employee: v2's models take and refuse what legacy's schema does, in its words."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from v2.employees.drafts import Changes, Draft, Known, load
from v2.employees.slugs import slugify
from v2.errors import Invalid

KNOWN = Known(frozenset({"legal", "design"}), frozenset({7}))
GOOD: dict[str, Any] = {
    "first_name": "Ümit",
    "last_name": "O'Neill",
    "email": "umit@example.com",
    "title": "Buyer",
    "department": "legal",
    "salary": "4000.10",
    "hired_on": "2024-02-29",
}
VALUES: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        1,
        2,
        -1,
        7,
        8,
        7.0,
        3.5,
        5.0,
        1e400,
        -1e400,
        float("nan"),
        10**400,
        10_000_000,
        10_000_001,
    ),
    *("", "x", "x" * 40, "x" * 41, "x" * 60, "x" * 61, "x" * 120, "x" * 121, "x" * 160, "x" * 161, "1", " 1 ", "1_0"),
    *(
        "NaN",
        "sNaN",
        "-Infinity",
        "1e3",
        "4.005",
        "4.015",
        "1e400",
        "0x10",
        "true",
        "Yes",
        "oN",
        "off",
        "NO",
        "nO",
        "t",
    ),
    *(
        "a@b.de",
        "a@b",
        "@",
        "a@localhost",
        '"a b"@b.de',
        "a@[127.0.0.1]",
        "ü@münchen.de",
        "a@b.de\n",
        "x" * 158 + "@b.de",
    ),
    *("2025-03-01", "20250301", "2025-W09-6", "2025-3-1", "2025-03-01T10:00", "2025-03-01T10:00:00.5+02:00", "10:00"),
    *("2025-03-01T10:00:00Z", "2025-13-01", "٢", "\u0662.\u0665", "legal", "nowhere", "Sun, 05 Jan 2025 00:00:00 GMT"),
    *([], ["x"], ["x", ""], [None], ["x" * 61, 5], ["x"] * 20, ["x"] * 21, [["x"]], {}, {"a": 1}, {"": 2}),
]
FIELDS = (*GOOD, "manager_id", "phone", "rating", "remote", "skills", "left_on", "last_review_at", "shoe_size")


@pytest.fixture(scope="module")
def schemas() -> dict[type[Changes], Any]:
    """Legacy's, which ask the database what `KNOWN` knows here."""
    from legacy.employees import schemas as legacy  # noqa: PLC0415  its extensions are made when it is imported

    def department(slug: str) -> None:
        if slug not in KNOWN.departments:
            raise ValidationError(f"There is no department {slug!r}.")

    def employee(number: int) -> None:
        if number not in KNOWN.employees:
            raise ValidationError(f"There is no employee {number}.")

    for schema in (legacy.employee_schema, legacy.employee_changes_schema):
        schema.fields["department"].validators = [department]
        schema.fields["manager_id"].validators = [employee]
    return {Draft: legacy.employee_schema, Changes: legacy.employee_changes_schema}


def said(schemas: dict[type[Changes], Any], kind: type[Changes], payload: Any) -> tuple[Any, Any]:
    """What legacy and v2 make of it: the values, or what is wrong, as JSON has it."""
    try:
        legacy = repr(sorted(schemas[kind].load(payload).items()))
    except ValidationError as error:
        legacy = json.loads(json.dumps(error.normalized_messages()))
    try:
        v2 = repr(sorted(load(kind, payload, KNOWN).changed().items()))
    except Invalid as refused:
        v2 = json.loads(json.dumps(refused.fields))
    return legacy, v2


@pytest.mark.parametrize("kind", [Draft, Changes])
@pytest.mark.parametrize("name", FIELDS)
def test_each_field_takes_and_refuses_the_same(
    schemas: dict[type[Changes], Any], kind: type[Changes], name: str
) -> None:
    found = []
    for value in VALUES:
        legacy, v2 = said(schemas, kind, {**GOOD, name: value})
        if legacy != v2:
            found.append((value, legacy, v2))
    assert found == []


@pytest.mark.parametrize("kind", [Draft, Changes])
def test_what_is_missing_and_what_is_no_object_is_said_the_same(
    schemas: dict[type[Changes], Any], kind: type[Changes]
) -> None:
    for payload in ({}, [], None, 5, "x", [GOOD], {"": 1}, {"a": 1, "b": 2}, {"_schema": 1}):
        legacy, v2 = said(schemas, kind, payload)
        assert legacy == v2, payload
    for name in GOOD:
        legacy, v2 = said(schemas, kind, {key: value for key, value in GOOD.items() if key != name})
        assert legacy == v2, name


def test_nobody_leaves_before_being_hired_unless_more_is_wrong(schemas: dict[type[Changes], Any]) -> None:
    for kind, days in product((Draft, Changes), product(("2024-02-29", "2024-02-28", None, "x"), repeat=2)):
        payload = {**GOOD, "hired_on": days[0], "left_on": days[1]}
        legacy, v2 = said(schemas, kind, payload)
        assert legacy == v2, payload
    assert said(schemas, Draft, {**GOOD, "left_on": "2020-01-01"})[1] == {
        "left_on": ["Nobody leaves before being hired."]
    }


@settings(max_examples=100, deadline=None)
@given(payload=st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(VALUES), max_size=8), whole=st.booleans())
def test_any_mixture_is_said_the_same(schemas: dict[type[Changes], Any], payload: dict[str, Any], whole: bool) -> None:
    for kind in (Draft, Changes):
        legacy, v2 = said(schemas, kind, {**GOOD, **payload} if whole else payload)
        assert legacy == v2


def test_a_draft_has_the_types_of_the_table() -> None:
    draft = load(Draft, {**GOOD, "last_review_at": "2024-12-31T23:59:59.5+02:00", "manager_id": 7}, KNOWN)
    assert draft.changed() == {
        **GOOD,
        "salary": Decimal("4000.10"),
        "hired_on": date(2024, 2, 29),
        "last_review_at": datetime(2024, 12, 31, 21, 59, 59, 500_000),  # noqa: DTZ001  as it is stored
        "manager_id": 7,
        **dict.fromkeys(("phone", "rating", "left_on")),
        "remote": False,
        "skills": [],
    }


@given(name=st.text(max_size=30))
def test_a_name_has_the_slug_that_legacy_gives_it(name: str) -> None:
    from legacy.seed import slugify as of_legacy  # noqa: PLC0415  as above

    assert slugify(name) == of_legacy(name)
