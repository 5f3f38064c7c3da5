"""What the text of one function needs."""

from __future__ import annotations

from tests.unit.scaffold.stubs import nothing, planned


def test_of_a_view_that_nothing_is_known_of_everything_is_left_open():
    stub = planned(nothing)
    assert (stub.body, stub.answer, stub.query, stub.form, stub.headers) == (None, None, [], [], [])
    assert (stub.is_page, stub.is_redirect, stub.sparse, stub.sets_status) == (False, False, False, False)
    assert (stub.route_id, stub.rule, stub.path, stub.method, stub.function) == ("it", "/it", "/it", "GET", "nothing")
