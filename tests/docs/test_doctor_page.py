"""docs/doctor.md lists every check of the doctor, as the code has it."""

from __future__ import annotations

from tests.docs.doctor_page import PAGE, page


def test_the_table_is_the_catalogue():
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run `make format`"
