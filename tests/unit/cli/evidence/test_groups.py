"""Which mismatches are at a place."""

from __future__ import annotations

import pytest

from gateway.cli.evidence.groups import is_at
from gateway.evidence.store import Group


@pytest.mark.parametrize(
    ("location", "field", "found"),
    [
        ("body /items/*/created", "/items/*/created", True),
        ("body /items/*/created", "/items/12/created", True),
        ("body /items/*/created", "/items/", True),
        ("body /items/*/created", "/items/*/create", False),
        ("body /a b/c", "/a b", True),
        ("header content-type", "Content-Type", True),
        ("header content-type", "content", False),
        ("status", "status", True),
        ("body", "body", True),
        ("body", "status", False),
    ],
)
def test_a_field_is_a_place_or_what_is_below_it(location: str, field: str, found: bool):
    group = Group("r", "s", 1, 0.0, 0.0, (), (location,), ())
    assert is_at(group, field) is found
