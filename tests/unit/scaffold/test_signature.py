"""Parameters of scaffolded functions."""

from __future__ import annotations

import ast
from typing import Any

from flask import request

from gateway.anatomy.arguments import Argument
from gateway.scaffold.annotations import Imports, Models
from gateway.scaffold.signature import parameters_text
from gateway.scaffold.stub import PathParameter, Stub
from tests.unit.scaffold.stubs import nothing, planned


def text(stub: Stub) -> str:
    imports = Imports()
    found = parameters_text(stub, imports, Models(imports))
    ast.parse(f"def f({found}): ...")
    return found


def of(*query: Argument, method: str = "GET", **parts: Any) -> str:
    stub = planned(nothing, method)
    stub.query = list(query)
    for name, value in parts.items():
        setattr(stub, name, value)
    return text(stub)


def test_defaults_are_kept_and_what_has_none_may_be_missing():
    found = of(Argument("query", "page", "int", default=1, line=3), Argument("query", "q", line=3))
    assert found == "page: int = 1, q: str | None = None"


def test_what_is_required_comes_first():
    assert of(Argument("query", "a"), Argument("query", "b", required=True)) == "b: str, a: str | None = None"


def test_a_default_of_another_type_is_none():
    assert of(Argument("query", "page", "int", default="1", line=3)) == "page: int | None = None"


def test_lists_and_other_names_have_their_marks():
    assert of(Argument("query", "tag", is_list=True)) == "tag: Annotated[list[str] | None, Query()] = None"
    assert of(Argument("query", "from")) == 'from_: Annotated[str | None, Query(alias="from")] = None'


def test_no_two_parameters_have_one_name():
    def store() -> Any:
        return {"note": request.args.get("body"), "b": request.form.get("body"), "r": request.args.get("response")}

    stub = planned(store, "POST")
    stub.path_parameters = [PathParameter("class", "str"), PathParameter("kind", "str", ("a", "b"))]
    stub.headers = ["Link"]
    found = text(stub)
    assert 'class_: Annotated[str, Path(alias="class")], kind: Literal["a", "b"]' in found
    assert 'body_: Annotated[str | None, Form(alias="body")] = None' in found
    assert "response_: Response" in found


def test_files():
    file = Argument("file", "file", required=True)
    assert of(method="POST", form=[file]) == "file: UploadFile"
    assert of(method="POST", form=[Argument("file", "my-file")]) == (
        'my_file: Annotated[UploadFile | None, File(alias="my-file")] = None'
    )


def test_a_number_that_a_library_reads_is_let_stand_and_one_that_flask_reads_is_not():
    declared = of(Argument("query", "page", "int", default=1))
    assert "# gateway: ignore[query.number] legacy's library reads it alike" in declared
    assert "ignore" not in of(Argument("query", "page", "int", default=1, line=3))
    assert "ignore" not in of(Argument("query", "q"))


def test_a_body_of_any_json_says_that_it_is_the_body():
    def store() -> Any:
        return str(request.get_json())

    assert text(planned(store, "POST")) == "body: Annotated[JsonValue, Body()]"
