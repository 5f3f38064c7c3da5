"""How verbs write: data on stdout, everything else on stderr, no colour where it is not wanted.

rich decides about colour: none when the stream is no terminal, or when NO_COLOR is set.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gateway.errors import MapInvalid, Problem
from gateway.evidence.exhibit.visible import visible

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live
    from rich.table import Table

MODE_STYLES: Mapping[str, str] = {"legacy": "dim", "shadow": "cyan", "canary": "yellow", "v2": "green"}
GATE_STYLES: Mapping[str, str] = {"ready": "green", "not_ready": "red", "inconclusive": "yellow"}
SEVERITY_STYLES: Mapping[str, str] = {"error": "bold red", "warning": "yellow", "note": "dim"}

_FINE = 0.999
"""From here on, two digits after the point do not tell 99.95 % from 99.995 %."""
ENDLESS = 10_000
"""The width of what is no terminal: nothing is wrapped or cut for a program that reads it."""


class Output:
    """Where a verb writes. `quiet` leaves out `say` and `note`; data, warnings and errors are always written."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet

    @cached_property
    def _out(self) -> Console:
        return _console(stderr=False)

    @cached_property
    def _err(self) -> Console:
        return _console(stderr=True)

    @property
    def is_terminal(self) -> bool:
        """Whether a person reads what was asked for."""
        return sys.stdout.isatty()

    def data(self, text: str = "", *, style: str | None = None) -> None:
        """What was asked for."""
        self._out.print(visible(text), style=style, soft_wrap=True)

    def draw(self, renderable: RenderableType) -> None:
        """What was asked for, laid out by rich."""
        self._out.print(renderable)

    def json(self, value: Any) -> None:
        """What was asked for, for a machine: one JSON document, never coloured."""
        sys.stdout.write(json.dumps(value, indent=2, default=str) + "\n")

    def table(
        self, columns: Sequence[str], rows: Iterable[Sequence[str]], styles: Mapping[str, str] | None = None
    ) -> None:
        """What was asked for, in columns. `styles` colours the cells whose whole text is a key of it."""
        self._out.print(table_of(columns, rows, styles))

    def live(self) -> Live:
        """A place on the terminal that is drawn again and again: `with` it, and `update` it."""
        from rich.live import Live  # noqa: PLC0415  rich costs 50 ms

        return Live(console=self._out, auto_refresh=False)

    @property
    def height(self) -> int:
        """Lines of the terminal."""
        return self._out.height

    @property
    def width(self) -> int:
        """Characters of a line of the terminal."""
        return self._out.width

    def say(self, text: str) -> None:
        """What was done; on stdout, unless quiet."""
        if not self.quiet:
            self.data(text)

    def note(self, text: str) -> None:
        """Something good to know; on stderr, unless quiet."""
        if not self.quiet:
            self._err.print(text, style="dim", soft_wrap=True)

    def warn(self, text: str) -> None:
        """Something that may hurt; on stderr, always."""
        self._labelled("warning: ", "yellow", text)

    def hint(self, text: str) -> None:
        """What belongs to an error, below it; on stderr, always."""
        self._err.print(visible(text), soft_wrap=True)

    def error(self, text: str) -> None:
        """Why it was not done; on stderr, always."""
        self._labelled("error: ", "bold red", text)

    def problems(self, path: str, problems: Iterable[Problem], *, label: str = "") -> None:
        """Places in the map: `file:line:col: what; hint`, the line, and a caret under the column."""
        for problem in problems:
            self._labelled(label, "yellow", problem.render(path))
            if problem.source:
                self._err.print(f"    {_untabbed(problem.source)}", soft_wrap=True)
                self._err.print(f"    {' ' * (problem.column - 1)}^", style="bold red", soft_wrap=True)

    def failure(self, error: BaseException) -> None:
        """An expected error, as a sentence."""
        if isinstance(error, MapInvalid):
            self.problems(error.path, error.problems)
        else:
            self.error(str(error))

    def _labelled(self, label: str, style: str, text: str) -> None:
        self._err.print(label, style=style, end="")
        self._err.print(text, soft_wrap=True)


def table_of(
    columns: Sequence[str], rows: Iterable[Sequence[str]], styles: Mapping[str, str] | None = None, caption: str = ""
) -> Table:
    """Cells in columns, without lines."""
    from rich.table import Table  # noqa: PLC0415  rich costs 50 ms, and most verbs need no table
    from rich.text import Text  # noqa: PLC0415  the same

    table = Table(
        box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0), caption=Text(visible(caption)) or None
    )
    table.caption_justify = "left"
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(cell), style=(styles or {}).get(cell, "")) for cell in row))
    return table


def _console(*, stderr: bool) -> Console:
    """Plain text in, plain text out: no markup, no emoji, no highlighting of numbers."""
    from rich.console import Console  # noqa: PLC0415  rich costs 50 ms, and --version needs none

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else ENDLESS
    return Console(file=stream, width=width, markup=False, emoji=False, highlight=False)


def _untabbed(line: str) -> str:
    """A tab counts as one column in positions, so it is shown as one."""
    return line.replace("\t", " ")


def moment(seconds: float) -> str:
    """A time since 1970 for people: `2026-11-20 18:24:00Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def iso(seconds: float) -> str:
    """A time since 1970 for machines: ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def percent(share: float | None) -> str:
    """A share in [0, 1] as people read it, and a dash for none: `75 %`, `99.9971 %`. Never rounded up to 100 %."""
    if share is None:
        return "-"
    digits = 4 if _FINE <= share < 1 else 2
    # A little more than what is there, since 0.29 * 100 is 28.999999999999996.
    cut = int(share * 100 * 10**digits + 1e-6) / 10**digits
    return f"{cut:.{digits}f}".rstrip("0").rstrip(".") + " %"


def plural(count: int, noun: str) -> str:
    """`1 route`, `2 routes`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
