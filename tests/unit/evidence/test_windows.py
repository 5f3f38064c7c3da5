"""Substitution in windows is substitution."""

from __future__ import annotations

import re
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.evidence.names import SensitiveNames
from gateway.evidence.plain import PlainText
from gateway.evidence.windows import substitute

PATTERNS = [r"ab+c", r"(?<!x)a\w*", r"\d+(?:[ -]\d+)*", r"a(?=b)", r"a(?!b)", r"(?P<n>a|b)=(\"[^\"]*\"?|\w+)"]


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=st.text(alphabet='abcx12 -="', max_size=120), window=st.integers(8, 40))
def test_it_gives_what_sub_gives(pattern: str, text: str, window: int) -> None:
    compiled = re.compile(pattern)
    assert substitute(compiled, lambda found: "#", text, window=window) == compiled.sub("#", text)


def test_a_secret_across_two_windows_is_hidden_whole() -> None:
    hide = PlainText(SensitiveNames(), lambda secret: "¤")
    for before in range(4000, 4200, 7):
        assert hide("." * before + ' password="' + "x" * 9000 + '" end').lstrip(".") == ' password="¤" end'


def test_other_threads_run_meanwhile() -> None:
    """One search over this text holds the interpreter for a third of a second; turns of others show that it is not."""
    hide = PlainText(SensitiveNames(), lambda secret: "¤")
    over = threading.Event()
    turns = 0

    def work() -> None:
        hide("The quick brown fox jumps over the lazy dog. " * 6000)
        over.set()

    worker = threading.Thread(target=work)
    worker.start()
    while not over.wait(0.001):
        turns += 1
    worker.join()
    assert turns > 15
