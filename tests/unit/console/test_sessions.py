"""Sessions of browsers."""

from __future__ import annotations

from gateway.console import sessions
from gateway.console.auth import Role
from gateway.console.sessions import LIFE_SECONDS, MOST, Sessions


def test_session_stands_for_its_role_until_it_is_closed() -> None:
    opened = Sessions()
    value = opened.open(Role.READER)
    assert opened.role_of(value) is Role.READER
    opened.close(value)
    assert opened.role_of(value) is None


def test_unknown_values_stand_for_nothing() -> None:
    opened = Sessions()
    opened.open(Role.OPERATOR)
    for value in (None, "", "x", "\udcff", "x" * 100_000):
        assert opened.role_of(value) is None
        opened.close(value)


def test_session_ends_by_itself() -> None:
    now = [1000.0]
    opened = Sessions(lambda: now[0])
    value = opened.open(Role.READER)
    now[0] += LIFE_SECONDS - 1
    assert opened.role_of(value) is Role.READER
    now[0] += 1
    assert opened.role_of(value) is None


def test_sessions_are_bounded_and_the_oldest_goes() -> None:
    opened = Sessions()
    first = opened.open(Role.READER)
    last = [opened.open(Role.READER) for _ in range(MOST)][-1]
    assert opened.role_of(first) is None
    assert opened.role_of(last) is Role.READER


def test_value_cannot_be_guessed_and_is_not_kept() -> None:
    opened = Sessions()
    values = {opened.open(Role.READER) for _ in range(50)}
    assert len(values) == 50
    assert min(map(len, values)) >= 43  # 32 bytes
    assert not any(value in repr(vars(opened)) for value in values)
    assert sessions.COOKIE == "gateway_session"
