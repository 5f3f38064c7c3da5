"""What a route may declare meaningless in its HTML: white space, CSRF tokens, nonces. All of it is opt-in.

The patterns are bounded: no page makes them slow.
"""

from __future__ import annotations

import re

_TAG = re.compile(r"<(?:input|meta)\b[^<>]{0,2000}>", re.IGNORECASE)
_CSRF = re.compile(r"csrf|xsrf", re.IGNORECASE)
_VALUE = re.compile(r"""\b(value|content)\s{0,8}=\s{0,8}("[^"]*"|'[^']*')""", re.IGNORECASE)
_NONCE = re.compile(r"""\bnonce\s{0,8}=\s{0,8}("[^"<>]{0,500}"|'[^'<>]{0,500}')""", re.IGNORECASE)
_BETWEEN = re.compile(r">\s+<")
_SPACE = re.compile(r"\s+")


def normalised(page: str, names: frozenset[str]) -> str:
    """`page` without what `names` (`whitespace`, `csrf`, `nonce`) declare meaningless."""
    if "csrf" in names:
        page = _TAG.sub(_without_token, page)
    if "nonce" in names:
        page = _NONCE.sub('nonce=""', page)
    if "whitespace" in names:
        page = _SPACE.sub(" ", _BETWEEN.sub("><", page)).strip()
    return page


def _without_token(tag: re.Match[str]) -> str:
    return _VALUE.sub(r'\1=""', tag[0]) if _CSRF.search(tag[0]) else tag[0]
