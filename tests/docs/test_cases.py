"""docs/cases.md says which tests prove what, and is never older than the tests."""

from __future__ import annotations

import pytest

from tests.docs.cases import KINDS, PAGE, numbers, page, proofs


def test_the_page_is_what_the_tests_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "docs/cases.md is older than the tests: run `make format`"


def test_every_number_that_a_test_names_stands_for_something() -> None:
    known = numbers()
    unknown = {
        (kind, number): [str(file) for file in proof]
        for (kind, number), proof in proofs().items()
        if number not in known[kind]
    }
    assert unknown == {}, "say in tests/docs/numbers.toml what it is about"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "Case"])
def test_every_bridge_row_and_every_trap_has_its_test(kind: str) -> None:
    proven = proofs()
    assert [number for number in numbers()[kind] if (kind, number) not in proven] == []
