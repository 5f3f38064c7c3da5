"""Which tests prove which numbered case: `python tests/docs/cases.py` writes docs/cases.md.

`numbers.toml` says what each number stands for; tests name theirs in their docstrings or comments: `case 105`,
`cases 77 to 85`, `bridge row 3`, `trap 9`. What stands outside of any test counts for its whole file.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/cases.md"
NUMBERS = Path(__file__).with_name("numbers.toml")
NAMED = re.compile(r"\b(bridge row|trap|case)s? (\d+(?:(?:, and |, | and | to )\d+)*)\b", re.IGNORECASE)
HEAD = """# Cases

What can go wrong in front of a production application, by number, and the tests that say it does not. The numbers are
in the tests' docstrings; a case that no test names yet is not listed. This page is written by `make format`.
"""
KINDS = {
    "Bridge row": "Where a bridge between ASGI and WSGI fails; stock a2wsgi, the base of ours, fails in most of them.",
    "Trap": "Where a host of two applications fails.",
    "Case": "Targets, framing, headers, shadows, overload, the map, evidence, metrics, console, the life of a process.",
}

Proof = dict[Path, list[str]]
"""Test file -> its tests that name a number; an empty name stands for the whole file."""


@cache
def numbers() -> dict[str, dict[int, str]]:
    """Kind -> number -> what it is about."""
    read = tomllib.loads(NUMBERS.read_text(encoding="utf-8"))
    return {kind: {int(number): text for number, text in read[kind].items()} for kind in KINDS}


def named(text: str) -> Iterator[tuple[str, int, int]]:
    """(kind, number, offset in the text) of each number that a text names; `to` steps over what is no number."""
    known = numbers()
    for match in NAMED.finditer(text):
        kind = match[1].capitalize()
        for word in re.split(r", and |, | and ", match[2]):
            first, *last = map(int, word.split(" to "))
            within = (number for number in known[kind] if first <= number <= last[0]) if last else (first,)
            for number in within:
                yield kind, number, match.start()


@cache
def proofs() -> dict[tuple[str, int], Proof]:
    """(kind, number) -> the tests that name it."""
    found: dict[tuple[str, int], Proof] = {}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        text = file.read_text(encoding="utf-8")
        if not NAMED.search(text):
            continue
        tests = [
            (min(part.lineno for part in (node, *node.decorator_list)), node.end_lineno or node.lineno, node.name)
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        ]
        for kind, number, offset in named(text):
            line = text.count("\n", 0, offset) + 1
            name = next((name for first, last, name in tests if first <= line <= last), "")
            names = found.setdefault((kind, number), {}).setdefault(file, [])
            if name not in names:
                names.append(name)
    return found


def page() -> str:
    """The text of docs/cases.md."""
    proven = proofs()
    parts = [HEAD]
    for kind, about in KINDS.items():
        parts.append(f"\n## {kind}s\n\n{about}\n\n| {kind.lower()} | what it is about | proven by |\n|---|---|---|\n")
        for number, text in numbers()[kind].items():
            if proof := proven.get((kind, number)):
                parts.append(f"| {number} | {text.replace('|', chr(92) + '|')} | {_links(proof)} |\n")
    return "".join(parts)


def _links(proof: Proof) -> str:
    """Each file, with those of its tests that name the number."""
    texts = []
    for file, tests in proof.items():
        link = f"[{file.parent.name}/{file.name}](../{file.relative_to(ROOT)})"
        names = ", ".join(f"`{test.removeprefix('test_')}`" for test in tests if test)
        texts.append(f"{link}: {names}" if names else link)
    return "<br>".join(texts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
