"""Types as annotations and shapes as Pydantic models: what the text does when Python runs it."""

from __future__ import annotations

import types
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from gateway.anatomy.shape import ABSENT, Kind, Member, Shape, Type
from gateway.scaffold.annotations import Imports, Models, identifier, literal, member_name


def made(*members: Member, for_request: bool = True, extra: str = "forbid") -> type[BaseModel]:
    """The class of a shape, as Python runs it."""
    imports = Imports()
    models = Models(imports)
    name = models.model(Shape("It", members, extra), for_request=for_request)
    text = "\n".join(
        [
            "from __future__ import annotations",
            *imports.lines(),
            *sorted(imports.aliases.values()),
            *models.texts.values(),
        ]
    )
    module = types.ModuleType("made")
    exec(compile(text, "made.py", "exec"), module.__dict__)  # noqa: S102 - what is tested
    found: type[BaseModel] = getattr(module, name)
    found.model_rebuild(_types_namespace=module.__dict__)
    return found


def takes(model: type[BaseModel], **values: Any) -> bool:
    try:
        model.model_validate(values)
    except ValidationError:
        return False
    return True


ONE = Type(Kind.INTEGER)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Kind.INTEGER, 12, ["12", 12.0, True, None]),
        (Kind.BOOLEAN, True, ["yes", 1, None]),
        (Kind.NUMBER, 1.5, ["1.5", True, None]),
        (Kind.TEXT, "a", [1, None]),
        (Kind.DECIMAL, "12.50", ["a", None]),
        (Kind.DATE, "2026-11-20", ["20.11.2026", None]),
        (Kind.DATETIME, "2026-11-20T18:24:00", ["a", None]),
        (Kind.UUID, "0a0b0c0d-0000-4000-8000-000000000000", ["a", None]),
    ],
)
def test_a_request_is_strict_and_takes_what_json_can_say(kind: Kind, good: Any, bad: list[Any]):
    model = made(Member("it", Type(kind)))
    assert takes(model, it=good)
    assert [value for value in bad if takes(model, it=value)] == []


def test_missing_null_and_default_are_told_apart():
    model = made(
        Member("needed", ONE),
        Member("maybe", ONE, required=False),
        Member("nullable", Type(Kind.INTEGER, nullable=True), required=False),
        Member("counted", ONE, required=False, default=5),
        Member("listed", Type(Kind.LIST, items=ONE), required=False, default=[]),
    )
    found = model.model_validate({"needed": 1})
    assert found.model_fields_set == {"needed"}
    assert (found.counted, found.listed, found.maybe) == (5, [], None)  # type: ignore[attr-defined]
    assert takes(model, needed=1, nullable=None)
    assert not takes(model, needed=1, maybe=None)
    assert not takes(model, needed=None)


@pytest.mark.parametrize(("extra", "taken"), [("forbid", False), ("ignore", True), ("allow", True)])
def test_other_members_are_treated_as_the_schema_treats_them(extra: str, taken: bool):
    assert takes(made(Member("it", ONE), extra=extra), it=1, other=2) is taken


def test_limits_hold_and_choices_too():
    model = made(
        Member("text", Type(Kind.TEXT, limits=(("min_length", 1), ("max_length", 2)))),
        Member("kind", Type(Kind.CHOICE, choices=("a", 1))),
    )
    assert takes(model, text="ab", kind=1)
    assert not takes(model, text="", kind="a")
    assert not takes(model, text="a", kind="b")


@pytest.mark.parametrize(
    "name", ["date", "datetime", "time", "class", "schema", "json", "model_x", "_id", "2fa", "a-b"]
)
def test_any_name_of_a_member_can_be_sent(name: str):
    model = made(Member(name, Type(Kind.DATE, nullable=True), required=False))
    assert model.model_validate({name: "2026-11-20"}).model_dump(mode="json", by_alias=True) == {name: "2026-11-20"}
    assert member_name(name).isidentifier()


def test_a_parameter_is_renamed_for_python_only():
    assert [identifier(name) for name in ("date", "schema", "class", "a-b", "_")] == [
        "date", "schema", "class_", "a_b", "value",
    ]  # fmt: skip


def test_names_that_python_cannot_tell_apart_stay_two_members():
    model = made(Member("a-b", ONE), Member("a_b", ONE))
    assert model.model_validate({"a-b": 1, "a_b": 2}).model_dump(by_alias=True) == {"a-b": 1, "a_b": 2}


def test_who_answers_may_write_the_python_name_and_who_asks_may_not():
    answer = made(Member("class", Type(Kind.TEXT)), for_request=False)
    assert answer.model_validate({"class_": "a"}).model_dump(by_alias=True) == {"class": "a"}
    assert not takes(made(Member("class", Type(Kind.TEXT))), class_="a")


def test_money_and_dates_of_an_answer_go_out_as_legacy_wrote_them():
    from datetime import UTC, datetime  # noqa: PLC0415 - beside what uses it
    from decimal import Decimal  # noqa: PLC0415

    model = made(Member("sum", Type(Kind.DECIMAL)), Member("at", Type(Kind.HTTP_DATE)), for_request=False)
    found = model.model_validate({"sum": Decimal("1.10"), "at": datetime(2026, 11, 20, 18, 24, tzinfo=UTC)})
    assert found.model_dump(mode="json") == {"sum": "1.10", "at": "Fri, 20 Nov 2026 18:24:00 GMT"}
    assert not takes(model, sum=1.1, at="")


def test_a_shape_inside_of_a_shape_is_a_class_of_its_own_and_equal_ones_are_one():
    models = Models(Imports())
    inner = Type(Kind.OBJECT, shape=Shape("Inner", (Member("id", ONE),)))
    models.model(Shape("It", (Member("one", inner), Member("many", Type(Kind.LIST, items=inner)))), for_request=True)
    assert list(models.texts) == ["Inner", "It"]
    other = Shape("Inner", (Member("id", Type(Kind.TEXT)),))
    assert models.model(other, for_request=True) == "InnerSent"
    assert models.model(other, for_request=False) == "InnerShown"


@pytest.mark.parametrize("name", ["File", "Response", "Field", "UUID", "Any"])
def test_a_class_is_never_called_like_what_its_module_imports(name: str):
    assert Models(Imports()).model(Shape(name, (Member("id", ONE),)), for_request=True) == f"{name}Sent"


def test_imports_are_sorted_as_isort_does():
    imports = Imports()
    for module, name in [("gateway.compat.hooks", "hooks"), ("typing", "Any"), ("fastapi", "Depends")]:
        imports.need(module, name)
    assert imports.use("UUID") == "UUID"
    assert imports.lines() == [
        "", "from typing import Any", "from uuid import UUID", "", "from fastapi import Depends", "",
        "from gateway.compat.hooks import hooks",
    ]  # fmt: skip


def test_values_as_text():
    assert [literal(one) for one in ('a"b', 1, True, None, ABSENT)][:4] == ['"a\\"b"', "1", "True", "None"]
    assert made(Member("it", Type(Kind.MAPPING, items=ONE)), Member("any", Type(Kind.ANY)))
