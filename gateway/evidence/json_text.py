"""Secrets in JSON, replaced where they stand: every other byte stays as it was sent.

Parsing and writing it again would lose what evidence is for: `1.0`, repeated names, escapes, order. So this reads
tokens, and does not mind text that is not quite JSON, or was cut.
"""

from __future__ import annotations

import json
import re

from gateway.evidence.names import SensitiveNames
from gateway.evidence.plain import Inner

_TOKEN = re.compile(
    r"\"[^\"\\]*(?:\\.[^\"\\]*)*\"?"
    r"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'"
    r"|[{}\[\],:]"
    r"|[^\s{}\[\],:\"]+",
    re.DOTALL,
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_LITERALS = frozenset({"null", "true", "false", "None", "True", "False", "undefined"})


def redact_json(text: str, names: SensitiveNames, mark: Inner, inner: Inner) -> str:
    """The text with every scalar under a telling name replaced, and every other looked into."""
    # One by one: a list of all of them is a single call, and no other thread runs until it returns.
    tokens = _TOKEN.finditer(text)
    upcoming = next(tokens, None)
    pieces: list[str] = []
    done = 0
    under: list[bool] = [False]
    """Of each open object or array: whether it is under a telling name."""
    named = False
    while upcoming is not None:
        token, upcoming = upcoming, next(tokens, None)
        word = token[0]
        if word in "{[":
            under.append(under[-1] or named)
            named = False
        elif word in "}]":
            if len(under) > 1:
                under.pop()
            named = False
        elif word == ",":
            named = False
        elif word != ":":
            if upcoming is not None and upcoming[0] == ":":
                named = _content(word) in names
                replaced = _redacted_scalar(word, secret=False, mark=mark, inner=inner)
            else:
                replaced = _redacted_scalar(word, secret=named or under[-1], mark=mark, inner=inner)
            if replaced is not word:
                pieces += [text[done : token.start()], replaced]
                done = token.end()
    return "".join([*pieces, text[done:]])


def _redacted_scalar(word: str, *, secret: bool, mark: Inner, inner: Inner) -> str:
    if word in _LITERALS:
        return word
    content = _content(word)
    redacted = mark(content) if secret else inner(content)
    if redacted == content:
        return word
    # What was a value of its own stays one, or the kept body would be JSON no more; a word of a script is none.
    is_value = secret or word[0] == '"' or _NUMBER.fullmatch(word)
    return json.dumps(redacted, ensure_ascii=False) if is_value else redacted


def _content(word: str) -> str:
    if word[0] == "'":
        return word[1:-1]
    if word[0] != '"':
        return word
    try:
        decoded = json.loads(word, strict=False)
    except ValueError:  # cut, or an escape that JSON does not have
        return word.strip('"')
    return str(decoded)


def is_json(text: str) -> bool:
    """Whether all of it is JSON."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
