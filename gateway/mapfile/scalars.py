"""What a plain word of YAML stands for, and the words that YAML's versions do not agree on. Pure."""

from __future__ import annotations

import re

from gateway.mapfile.units import shown
from gateway.mapfile.yaml import Scalar

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
_UNLIKE = re.compile(
    r"""
      (?P<switch>  (?i:y|n|yes|no|on|off) | True | TRUE | False | FALSE )
    | (?P<nothing> ~ | (?i:null) | )
    | (?P<number>  [-+]?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?
                 | [-+]?0[xXoObB][0-9a-fA-F_]+
                 | [-+]?\.[0-9][0-9_]*([eE][-+]?[0-9]+)?
                 | [-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?
                 | [-+]?\.(?i:inf|nan) )
    """,
    re.VERBOSE,
)


def plain_value(scalar: Scalar) -> str | int | float | bool:
    """The value that a scalar stands for: text, unless it is plain and every YAML reader agrees on another type.

    Where they would not agree it is text as well; `disagreement` says what to write.
    """
    text = scalar.text
    if scalar.style:
        return text
    if text in {"true", "false"}:
        return text == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text


def disagreement(scalar: Scalar) -> tuple[str, str] | None:
    """What is wrong with a plain value that some YAML readers take for another type, and what to write; else None.

    Source: the difference between YAML 1.1's and YAML 1.2's tag resolution.
    """
    text = scalar.text
    if scalar.style or text in {"true", "false"} or _INTEGER.fullmatch(text) or _DECIMAL.fullmatch(text):
        return None
    found = _UNLIKE.fullmatch(text)
    if found is None:
        return None
    if found["switch"] is not None:
        return f"`{text}` is true or false to some readers of YAML", f'write true or false, or "{text}" for the text'
    if found["number"] is not None:
        return f"{shown(text)} is a different number to different readers of YAML", (
            f"write a decimal number such as 10 or 0.5, or quote it: {shown(text).replace('`', chr(34))}"
        )
    if text:
        return f"`{text}` means no value", "write a value, or delete the line"
    return "there is no value here", "write one, or delete the line"
