"""Forms: values, files and limits."""

import io
import math
from typing import Any

import pytest
from flask import Flask
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from gateway.compat.wire.declared import Declared
from gateway.compat.wire.forms import (
    SWITCHES,
    EmptyText,
    FirstOfForm,
    FormReading,
    form_of,
    is_over_a_limit,
    limits_of,
    too_large,
)


def a_file(name: str = "", content: bytes = b"") -> UploadFile:
    return UploadFile(io.BytesIO(content), size=len(content), filename=name, headers=Headers({"x": "1"}))


def test_the_first_of_a_name_counts() -> None:
    form = FirstOfForm([("a", "1"), ("b", "x"), ("a", "2")])
    assert (form["a"], form.getlist("a"), form.multi_items()[0]) == ("1", ["1", "2"], ("a", "1"))


def test_an_empty_text_is_kept_and_an_empty_number_is_absent() -> None:
    sent = FormData([("a", ""), ("n", ""), ("other", "")])
    form, used = form_of(sent, {"a": Declared(str), "n": Declared(int)}, {"params.empty_values"})
    assert isinstance(form["a"], EmptyText)
    assert (str(form["a"]), form["a"] == "", len(form["a"])) == ("", False, 0)
    assert "n" not in form
    assert form["other"] == ""
    assert used == {"params.empty_values"}


def test_an_empty_file_is_a_file_without_a_size() -> None:
    form, used = form_of(FormData([("a", a_file()), ("b", a_file("b", b"x"))]), {}, {"params.empty_file"})
    empty, full = form["a"], form["b"]
    assert isinstance(empty, UploadFile)
    assert (empty.filename, empty.size, empty.headers["x"]) == ("", None, "1")
    assert isinstance(full, UploadFile)
    assert (full.filename, full.size) == ("b", 1)
    assert used == {"params.empty_file"}


def test_nothing_is_counted_where_nothing_is_read_differently() -> None:
    sent = FormData([("a", "x"), ("n", "1"), ("f", a_file("b", b"x"))])
    form, used = form_of(sent, {"a": Declared(str), "n": Declared(int)}, SWITCHES)
    assert form.multi_items() == sent.multi_items()
    assert used == set()


def test_limits_are_werkzeugs_or_the_applications_and_of_multipart_only() -> None:
    legacy = Flask("legacy")
    assert limits_of(None, multipart=True) == limits_of(legacy, multipart=True) == (1000, 500_000)
    legacy.config.update(MAX_FORM_PARTS=5, MAX_FORM_MEMORY_SIZE=None)
    assert limits_of(legacy, multipart=True) == (5, 1 << 62)
    assert limits_of(legacy, multipart=False) == (math.inf, 1 << 62)


@pytest.mark.parametrize(
    ("error", "over"),
    [
        (HTTPException(400, "Too many files. Maximum number of files is 5."), True),
        (MultiPartException("Too many fields. Maximum number of fields is 5."), True),
        (MultiPartException("Part exceeded maximum size of 1KB."), True),
        (HTTPException(400, "Missing boundary in multipart."), False),
    ],
)
def test_a_form_over_a_limit_is_told_from_a_broken_one(error: Any, over: bool) -> None:
    assert is_over_a_limit(error) is over
    assert too_large().status_code == 413


@pytest.mark.anyio
async def test_a_form_may_be_awaited_or_entered() -> None:
    file = a_file("a", b"x")

    async def read() -> FormData:
        return FormData([("a", file)])

    assert (await FormReading(read))["a"] is file
    async with FormReading(read) as form:
        assert form["a"] is file
        assert not file.file.closed
    assert file.file.closed
