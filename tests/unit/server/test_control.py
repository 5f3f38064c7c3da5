"""The questions of a supervisor and the answers of a worker."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from gateway.server.control import READY, ControlEnd, Conversation


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


class Silent:
    """A log that counts what went wrong."""

    failed = 0

    def exception(self, event: str, **fields: object) -> None:
        self.failed += 1


def attended(connection: socket.socket, ready: threading.Event) -> Conversation:
    conversation = Conversation(connection)
    threading.Thread(target=conversation.listen, args=(ready.set,), daemon=True).start()
    return conversation


def test_worker_answers_what_it_is_asked(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    numbers = iter([1, 2])
    ready = threading.Event()
    worker = ControlEnd(theirs, {"status": lambda _: {"number": next(numbers)}}, log=Silent(), lost=lambda: None)
    conversation = attended(ours, ready)
    worker.say(READY)
    assert ready.wait(5)
    assert conversation.ask("status", seconds=5) == {"number": 1}
    assert conversation.ask("status", seconds=5) == {"number": 2}


def test_question_may_be_about_something(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    ControlEnd(theirs, {"force": lambda about: about}, log=Silent(), lost=lambda: None)
    conversation = attended(ours, threading.Event())
    about = {"side": "legacy", "reason": "two words\nand a line"}
    assert conversation.ask("force", about, seconds=5) == about


def test_old_answer_is_never_taken_for_a_fresh_one(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    held = threading.Event()
    answers = iter([True, False])
    ControlEnd(theirs, {"status": lambda _: next(answers) or held.wait(5)}, log=Silent(), lost=lambda: None)
    conversation = attended(ours, threading.Event())
    assert conversation.ask("status", seconds=5) is True
    assert conversation.ask("status", seconds=0.05) is None
    held.set()


def test_question_that_fails_has_no_answer_and_harms_nothing(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    log = Silent()
    lost = threading.Event()
    ControlEnd(theirs, {"bad": lambda _: 1 / 0, "good": lambda _: 1}, log=log, lost=lost.set)  # type: ignore[arg-type] # counts
    conversation = attended(ours, threading.Event())
    assert conversation.ask("bad", seconds=5) is None
    assert conversation.ask("unknown", seconds=5) is None
    assert conversation.ask("good", seconds=5) == 1
    assert log.failed == 2
    assert not lost.is_set()


def test_worker_that_never_listens_does_not_hold_its_supervisor(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, _theirs = pair
    conversation = attended(ours, threading.Event())
    for _ in range(3):
        conversation.tell(b"x" * 200_000)
    assert conversation.ask("status", seconds=0.01) is None


def test_worker_hears_that_its_supervisor_is_gone(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    lost = threading.Event()
    ControlEnd(theirs, {}, log=Silent(), lost=lost.set)
    ours.close()
    assert lost.wait(5)


def test_question_to_a_worker_that_is_gone_has_no_answer(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    conversation = attended(ours, threading.Event())
    theirs.close()
    assert conversation.ask("status", seconds=5) is None
