"""An exception in one line, with the line of the application that raised it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import PurePath

import pytest

from gateway.exception_text import LONGEST, describe, located

HERE = f"at {PurePath('tests/unit/test_exception_text.py')}:"


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise ValueError("no")


def raised(function: Callable[[], object]) -> BaseException:
    with pytest.raises(BaseException) as caught:
        function()
    return caught.value


def fails() -> None:
    raise LookupError("no such employee")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("no such employee"), "ValueError: no such employee"),
        (ValueError(), "ValueError"),
        (ValueError("two\n  lines"), "ValueError: two lines"),
        (SystemExit(3), "SystemExit: 3"),
        (KeyError("id"), "KeyError: 'id'"),
        (Unspeakable(), "Unspeakable (whose text cannot be made)"),
    ],
)
def test_type_and_message_are_one_line(error: BaseException, text: str) -> None:
    assert describe(error) == text


def test_long_message_is_cut_and_says_how_long_it_was() -> None:
    words = "word " * 300
    text = describe(ValueError(words))
    assert text.startswith("ValueError: word word ")
    assert text.endswith("word word... (1,499 characters)")
    assert len(text) < LONGEST + 50


def test_cut_is_between_words_so_that_no_half_of_a_secret_is_left() -> None:
    assert "4111" not in describe(ValueError(f"{'a' * (LONGEST - 10)} 4111111111111111"))
    assert describe(ValueError("x" * 1234)) == "ValueError: ... (1,234 characters)"


def test_place_is_the_line_that_raised() -> None:
    line = fails.__code__.co_firstlineno + 1
    assert located(raised(fails)) == f"LookupError: no such employee, {HERE}{line}"


def test_place_in_a_library_is_the_line_that_called_it() -> None:
    text = located(raised(lambda: json.loads("{")))
    assert text.startswith("JSONDecodeError: ")
    assert HERE in text


def test_exception_that_was_never_raised_has_no_place() -> None:
    assert located(ValueError("x")) == "ValueError: x"


def test_group_of_one_is_the_exception_in_it() -> None:
    group = BaseExceptionGroup("task group", [ExceptionGroup("inner", [raised(fails)])])  # type: ignore[list-item]
    assert located(group).startswith(f"LookupError: no such employee, {HERE}")


def test_group_of_several_stays_a_group() -> None:
    assert located(ExceptionGroup("two", [ValueError(), KeyError()])).startswith("ExceptionGroup: two (2 sub-exc")


def test_exception_of_a_library_alone_is_placed_in_it() -> None:
    code = compile("raise ValueError('x')", "/usr/lib/python3/dist-packages/orm/engine.py", "exec")
    error = raised(lambda: exec(code))  # noqa: S102 - a file that is not there
    error.__traceback__ = error.__traceback__.tb_next.tb_next  # type: ignore[union-attr] # this test's own lines
    assert located(error).endswith("orm/engine.py:1")
