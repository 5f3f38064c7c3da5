"""The front page shows text as text."""

from __future__ import annotations

from html.parser import HTMLParser

from gateway.console.pages import index
from tests.support.console import Operated, State


class Tags(HTMLParser):
    """Keeps the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))


def tags(operated: Operated) -> list[tuple[str, list[tuple[str, str | None]]]]:
    parser = Tags()
    parser.feed(index(operated))
    return parser.seen


HOSTILE = Operated(
    state=State(ready=False, checks={"<img src=x onerror=alert(1)>": '"><svg onload=alert(1)>'}),
    path="</code><script>alert(1)</script>",
    revisions=("</textarea>{{7*7}}-->\u2028",),
)


def test_hostile_text_adds_no_element_to_the_page() -> None:
    """Case 166, of the front page."""
    plain = tags(Operated(state=State(ready=False, checks={"legacy": "down"})))
    assert tags(HOSTILE) == plain
    assert not any(name.startswith("on") for _, attributes in plain for name, _ in attributes)


def test_page_loads_nothing() -> None:
    """Case 169: no script, no style, no image, no other host."""
    assert not {tag for tag, _ in tags(HOSTILE)} & {"script", "style", "link", "img", "svg", "iframe", "form", "object"}
    links = [value for _, attributes in tags(HOSTILE) for name, value in attributes if name in {"href", "src"}]
    assert links
    assert all(link is not None and link.startswith("/") and not link.startswith("//") for link in links)


def test_page_says_what_is_wrong() -> None:
    page = index(Operated(state=State(ready=False, checks={"map": "ok", "legacy": "all threads are stuck"})))
    assert "<h1>Gateway: not ready</h1>" in page
    assert "legacy: all threads are stuck" in page
    assert "map: ok" not in page
