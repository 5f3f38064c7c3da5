"""HTML normalisers."""

from __future__ import annotations

import time

from gateway.parity.html import normalised

ALL = frozenset({"whitespace", "csrf", "nonce"})


def test_csrf_tokens_are_left_out_of_inputs_and_metas_alone() -> None:
    page = (
        '<meta name="csrf-token" content="abc"><input type=hidden name=csrf_token value=\'xyz\'>'
        '<input name="email" value="a@b"><p>csrf value="kept"</p>'
    )
    found = normalised(page, frozenset({"csrf"}))
    assert "abc" not in found
    assert "xyz" not in found
    assert 'value="a@b"' in found
    assert 'value="kept"' in found


def test_nonces_and_white_space() -> None:
    assert normalised('<script nonce="a1">', frozenset({"nonce"})) == '<script nonce="">'
    assert normalised("<p>\n  a   b </p>\n <p>", frozenset({"whitespace"})) == "<p> a b </p><p>"
    assert normalised("<p> a</p>", frozenset()) == "<p> a</p>"


def test_no_page_makes_it_slow() -> None:
    """Case 98: a mebibyte of what the patterns begin with."""
    for piece in ("<input ", '<input name="csrf" value="', "nonce=", 'nonce="', "> ", "<meta csrf content='"):
        started = time.process_time()
        normalised(piece * (2**20 // len(piece)), ALL)
        assert time.process_time() - started < 2, piece
