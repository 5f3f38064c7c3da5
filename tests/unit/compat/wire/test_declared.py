"""What a route declares, read from FastAPI."""

from enum import Enum
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Depends, FastAPI, File, Form, Query, UploadFile
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from gateway.compat.wire.declared import Declarations, Declared, bare, declarations_of


class Colour(Enum):
    RED = "red"


class Filters(BaseModel):
    page: int = 1
    order: Annotated[str | None, Field(alias="sort")] = None
    tags: list[int] | None = None


class Item(BaseModel):
    name: str


def declared(endpoint: Any, path: str = "/r", **options: Any) -> Declarations:
    app = FastAPI()
    app.add_api_route(path, endpoint, methods=["POST"], **options)
    route = app.routes[-1]
    assert isinstance(route, APIRoute)
    return declarations_of(route)


def test_parameters_of_the_endpoint_and_of_its_dependencies() -> None:
    def inner(deep: UUID | None = None) -> None: ...

    def outer(colour: Colour, _: Annotated[None, Depends(inner)]) -> None: ...

    def page(
        x: int,
        n: Annotated[int | None, Query(alias="number")] = None,
        many: Annotated[list[bool] | None, Query()] = None,
    ) -> None: ...

    found = declared(page, "/r/{x}", dependencies=[Depends(outer)])
    assert found.path == {"x": Declared(int)}
    assert found.query == {
        "number": Declared(int),
        "many": Declared(bool, is_list=True),
        "colour": Declared(Colour),
        "deep": Declared(UUID),
    }
    assert not found.requires_json


def test_a_model_of_parameters_is_its_members() -> None:
    def page(filters: Annotated[Filters, Query()]) -> None: ...

    assert declared(page).query == {
        "page": Declared(int),
        "sort": Declared(str),
        "tags": Declared(int, is_list=True),
    }


def test_forms_and_files() -> None:
    def page(a: Annotated[str, Form()], b: Annotated[UploadFile | None, File()] = None) -> None: ...

    found = declared(page)
    assert found.form == {"a": Declared(str), "b": Declared(UploadFile)}
    assert (found.body, found.requires_json) == (None, False)


def test_a_body_of_one_model() -> None:
    def page(item: Item) -> None: ...

    def optional(item: Item | None = None) -> None: ...

    def embedded(item: Annotated[Item, Body(embed=True)]) -> None: ...

    def two(item: Item, other: Item) -> None: ...

    def anything(value: Annotated[Any, Body()]) -> None: ...

    seen = [(declared(one).body, declared(one).requires_json) for one in (page, optional, embedded, two, anything)]
    assert seen == [(Item, True), (Item, False), (None, True), (None, True), (None, True)]


def test_a_bare_type_is_without_none_and_without_notes() -> None:
    assert bare(Annotated[int | None, "note"]) is int
    assert bare(int | str) == int | str
