"""Signals and endings arrive in one queue."""

from __future__ import annotations

import signal
import threading

import pytest

from gateway.server.inbox import Ended, Inbox, Signalled

NUMBERS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]


@pytest.mark.parametrize("number", NUMBERS)
def test_signal_arrives_while_the_inbox_is_open(number: signal.Signals) -> None:
    with Inbox() as inbox:
        signal.raise_signal(number)
        assert inbox.get(5) == Signalled(number)


def test_handlers_are_given_back() -> None:
    before = [signal.getsignal(number) for number in NUMBERS]
    with Inbox():
        assert [signal.getsignal(number) for number in NUMBERS] != before
    assert [signal.getsignal(number) for number in NUMBERS] == before


def test_waiting_is_interrupted_by_a_signal() -> None:
    with Inbox() as inbox:
        threading.Timer(0.05, signal.pthread_kill, (threading.main_thread().ident, signal.SIGTERM)).start()
        assert inbox.get(5) == Signalled(signal.SIGTERM)


def test_others_may_leave_an_ending() -> None:
    inbox = Inbox()
    threading.Thread(target=inbox.put, args=(Ended("door"),)).start()
    assert inbox.get(5) == Ended("door")


def test_nothing_is_none() -> None:
    assert Inbox().get(0.01) is None
