"""Signals and endings arrive in one queue."""

from __future__ import annotations

import signal
import threading
import time

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


@pytest.mark.parametrize("seconds", [5, None], ids=["bounded", "for ever"])
def test_signal_that_the_system_hands_to_another_thread_ends_the_waiting(seconds: float | None) -> None:
    """Python runs the handler when the main thread goes on, so it must not sleep where only its own signals wake it."""
    asleep = threading.Event()

    def signalled() -> None:
        asleep.wait(5)
        time.sleep(0.05)  # the main thread is in `get` by then, or about to be: both must end
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
        time.sleep(3)  # without the bell, what follows is what wakes it: then the test fails and does not hang
        inbox.put(Ended("nobody heard"))

    with Inbox() as inbox:
        thread = threading.Thread(target=signalled, daemon=True)
        thread.start()
        asleep.set()
        assert inbox.get(seconds) == Signalled(signal.SIGTERM)


def test_others_may_leave_an_ending() -> None:
    inbox = Inbox()
    threading.Thread(target=inbox.put, args=(Ended("door"),)).start()
    assert inbox.get(5) == Ended("door")


def test_nothing_is_none() -> None:
    assert Inbox().get(0.01) is None
