"""The lines of a map as HTML, rendered once for a version of the file and not at every visit: maps have thousands."""

from __future__ import annotations

from jinja2 import Environment
from markupsafe import Markup

from gateway.console.views.map import MapLine

BLOCK = 100
"""Lines in one list: the browser lays out those that are on the screen, and leaves the others for later."""


class MapText:
    """Keeps the last text of each `prefix`, which is what the addresses of its lines begin with. For any thread."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._kept: dict[str, tuple[tuple[MapLine, ...], Markup]] = {}

    def __call__(self, lines: tuple[MapLine, ...], prefix: str) -> Markup:
        """The text of these lines; each has the id `{prefix}{number}`."""
        kept = self._kept.get(prefix)
        if kept is not None and kept[0] == lines:
            return kept[1]
        blocks = [lines[start : start + BLOCK] for start in range(0, len(lines), BLOCK)]
        template = self._environment.get_template("map_text.html")
        text = Markup(template.render(blocks=blocks, prefix=prefix))  # noqa: S704 - what a template that escapes rendered
        self._kept[prefix] = (lines, text)
        return text
