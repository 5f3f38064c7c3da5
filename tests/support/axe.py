"""What a page does to people who cannot see it well, or at all."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def grave(page: Page, theme: str) -> list[str]:
    """What axe calls serious or critical. A theme changes colours and nothing else, so dark is asked for those."""
    colours = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
    options = {"resultTypes": ["violations"], **(colours if theme == "dark" else {})}
    answer = Axe().run(page, options=options).response
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in answer["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


def grave_in_either_theme(page: Page) -> list[str]:
    """The same of a state that a page is in now, light and dark."""
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        found += grave(page, theme)
    return found
