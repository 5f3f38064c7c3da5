"""`docs/causes.md`, made of the catalogue and of the rows: `python -m tests.traps.page` writes it."""

from __future__ import annotations

from pathlib import Path

from gateway.parity.causes import catalogue
from tests.traps.rows import every_row

PAGE = Path(__file__).parents[2] / "docs" / "causes.md"

FAULTS = {"O1", "O2", "O3", "O4", "O5"}
"""No ports of anything, but a v2 that does not answer, or raises."""

HEAD = """# Causes

A difference between the two answers is shown by its cause, not as a raw diff: the trap between Flask and FastAPI that
explains it, in one line, with what to do in v2. `gateway/parity/causes.py` recognises them, the more specific first;
what no entry explains is `unexplained`, and counted as such.

- **id** is stable. The letter is the group: R routing, Q query, J JSON bodies, F forms, C cookies sent, S values that
  are returned, D dates, N numbers, M models, E errors, L redirects, K cookies set, V Vary, X files, O no answer at all.
- **severity**: `error`, clients see something else; `warn`, most see nothing; `none`, it is not a difference at all and
  counts as a match or as equivalent.
- **switch** is the name of the compat switch that reproduces legacy's side.
- **tested**: a Flask handler and a naive port of it provoke the trap over HTTP on every run of the tests
  (`tests/traps/`), and the comparison names exactly this cause; for O, a v2 that misbehaves
  (`tests/e2e/test_shadow_faults.py`). Without a tick, no pair of answers can show it.

A cause says what most likely happened, judged by the request and both answers alone. Where two traps leave the same
traces, such as a set and a list, nothing is claimed: the difference stays `unexplained`.

| id | cause | severity | what differs | what to do in v2 | switch | tested |
|---|---|---|---|---|---|---|
"""


def page() -> str:
    """The whole page. This file is generated: it equals `docs/causes.md`, and a test says so."""
    provoked = {row.trap for row in every_row()} | FAULTS
    groups = "RQJFCSDNMELKVXO"
    lines = [
        f"| {cause.trap} | `{cause.name}` | {cause.severity} | {_cell(cause.what)} | {_cell(cause.fix)} "
        f"| {f'`{cause.switch}`' if cause.switch else ''} | {'✓' if cause.trap in provoked else ''} |"
        for cause in sorted(catalogue(), key=lambda cause: (groups.index(cause.trap[0]), _number(cause.trap)))
    ]
    return HEAD + "\n".join(lines) + "\n"


def _number(trap: str) -> tuple[int, str]:
    digits = trap[1:].rstrip("abcdefgh")
    return int(digits), trap[1 + len(digits) :]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
