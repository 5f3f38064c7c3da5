"""The console in a real browser: a route's journey from a difference to v2 and back, and what pages may never do."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.axe import grave, grave_in_either_theme
from tests.support.chromium import chromium, skip_without_chromium, visit
from tests.support.load import load
from tests.support.running import Running, running, write_site
from tests.support.wire import eventually

pytestmark = pytest.mark.timeout(180)
skip_without_chromium()

TOKEN = "correct-horse-battery-staple-0123456789"
SOON = 20_000
"""Milliseconds that a page may take to show what happened; a busy machine is slow."""

LEGACY = """
from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/things/<int:id>")
def thing(id):
    return jsonify(id=id, made="Sun, 05 Jan 2025 10:00:00 GMT" if id % 2 else None, name=f"thing {id}")


@app.get("/notes/<text>")
def note(text):
    return jsonify(text=text, side="legacy")


@app.get("/calm")
def calm():
    return "calm"
"""

V2 = """
from fastapi import FastAPI

app = FastAPI()


@app.get("/things/{id}")
async def thing(id: int):
    return {"id": id, "made": "2025-01-05T10:00:00" if id % 2 else None, "name": f"thing {id}"}


@app.get("/notes/{text}")
async def note(text: str):
    return {"text": text, "side": "v2"}


@app.get("/calm")
async def calm():
    return "calm"
"""

MAP = """version: 1
backends:
  legacy: {wsgi: "old:app", threads: 12}
  v2: {asgi: "new:app"}
routes:
  - id: things.get # what the journey is about
    path: /things/<int:id>
    methods: [GET]
    mode: shadow
  - id: notes
    path: /notes/<text>
    mode: shadow
  - id: calm
    path: /calm
"""


@contextmanager
def traffic(port: int) -> Iterator[None]:
    """Somebody asks for things, each time another one, until the block ends."""
    stop, numbers = threading.Event(), count(1)

    async def ask() -> None:
        async with load(
            port, lambda: f"/things/{next(numbers)}", connections=2, judge=lambda _answer: None, pause=0.02
        ):
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=lambda: asyncio.run(ask()))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Path]]:
    folder = tmp_path_factory.mktemp("site")
    path = write_site(folder, legacy=LEGACY, v2=V2, text=MAP)
    with running(folder, token=TOKEN) as gateway, traffic(gateway.address[1]):
        gateway.get("/notes/%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
        gateway.get("/calm")
        eventually(lambda: gateway.metric("gateway_parity_total", route="notes") > 0, "a comparison")
        yield gateway, path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def sample_of(gateway: Running, route: str) -> str:
    """The address of a kept mismatch of that route."""

    def found() -> list[str]:
        page = gateway.http.get(f"{gateway.console}/api/v1/mismatches", params={"route": route}).json()
        return [sample for group in page["groups"] for sample in group["samples"]]

    eventually(lambda: bool(found()), "a sample")
    return f"/mismatches/{found()[0]}"


def act(page: Page) -> Locator:
    return page.locator("dialog#act")


def give_token(page: Page) -> None:
    """The dialog asks once; afterwards the tab knows it."""
    act(page).get_by_label("The operator's token").fill(TOKEN)
    act(page).locator("button[name=go]").click()
    expect(act(page).locator("[data-part=token]")).to_be_hidden()


def percent_of(text: str) -> float:
    return float(re.sub(r"[^\d.]", "", text))


def test_the_journey_of_a_route(site: tuple[Running, Path], browser: Browser) -> None:
    """Find the worst route, look at a mismatch, excuse it, see parity move, go to canary, see traffic move, go back."""
    gateway, path = site
    with visit(browser, gateway.console) as (page, complaints):
        complaints.expected = {409}  # the gate refuses, and is overruled
        page.goto("/")
        expect(page.locator("h1")).to_have_text("Overview")
        expect(page.locator("#live")).to_contain_text("Live")

        # The worst route, by the bound of its parity
        page.get_by_role("link", name="Routes", exact=True).click()
        page.get_by_role("link", name="Parity, at least").click()
        expect(page).to_have_url(re.compile("sort=bound"))
        page.get_by_label("Id or path").fill("things")
        expect(page).to_have_url(re.compile("q=things"))
        expect(page.locator("tbody tr")).to_have_count(1)
        page.get_by_role("link", name="things.get", exact=True).click()
        expect(page.locator("#parity")).to_contain_text(re.compile(r"^\s*(49|5[01])"), timeout=SOON)
        before = percent_of(page.locator("#parity").inner_text())

        # A mismatch, both answers, the cause and its fix
        page.locator("section[aria-labelledby=causes] tbody a").first.click()
        expect(page.locator("table.sides tr.differs td.legacy mark")).to_have_text("Sun, 05 Jan 2025 10:00:00 GMT")
        expect(page.locator("table.sides tr.differs td.v2 mark")).to_have_text("2025-01-05T10:00:00")
        expect(page.locator("section[aria-labelledby=why]")).to_contain_text("json.datetime-format")

        # Excuse it, having seen the line that will be written
        page.get_by_role("button", name="Excuse").click()
        act(page).locator("#act-reason").fill("agreed with the clients")
        act(page).get_by_label("Until").fill((datetime.now(UTC) + timedelta(days=30)).date().isoformat())
        give_token(page)
        expect(act(page).locator("[data-part=diff] li.in").last).to_contain_text("$.made")
        assert "$.made" not in path.read_text("utf-8"), "nothing is written before it is asked for"
        act(page).locator("button[name=go]").click()
        expect(act(page)).to_be_hidden()
        eventually(lambda: "agreed with the clients" in path.read_text("utf-8"), "the excuse in the map")

        # Parity moves
        page.goto("/routes/things.get")
        expect(page.locator("#parity")).to_contain_text("100", timeout=SOON)
        assert before < 60
        expect(page.locator("section[aria-labelledby=rules]")).to_contain_text("agreed with the clients")

        # Canary: the gate says that this is not enough, and is overruled with a reason
        page.get_by_role("button", name="Move up to canary").click()
        act(page).get_by_label("Percent of the clients").fill("100")
        act(page).get_by_label("What keeps a client").fill("client")
        expect(act(page).locator("[data-part=refused]")).to_be_visible()
        expect(act(page).locator("[data-part=reasons]")).to_contain_text("needed for 99.9 %")
        act(page).get_by_label("Do it all the same").check()
        act(page).locator("#act-reason").fill("only for this afternoon")
        expect(act(page).locator("[data-part=diff] li.in").first).to_contain_text("canary")
        act(page).locator("button[name=go]").click()
        expect(act(page)).to_be_hidden()
        expect(page.locator("#toast")).to_contain_text("things.get is on canary")

        # Traffic moves
        expect(page.locator("li[aria-current=step]")).to_contain_text("canary")
        expect(page.locator(".tile", has_text="Requests").first).to_contain_text(re.compile(r"v2 [1-9]"), timeout=SOON)

        # And back, in one step
        page.get_by_role("button", name="Roll back").click()
        act(page).locator("#act-reason").fill("enough")
        expect(act(page).locator("[data-part=diff] li.out").first).to_contain_text("mode: canary")
        act(page).locator("button[name=go]").click()
        expect(act(page)).to_be_hidden()
        expect(page.locator("li[aria-current=step]")).to_contain_text("legacy")

        # Everything is in the log
        page.goto("/audit")
        expect(page.get_by_text("the chain holds")).to_be_visible()
        rows = page.locator("tbody tr")
        for number, words in enumerate(("rollback", "flip", "excuse")):
            expect(rows.nth(number)).to_contain_text(words)
            expect(rows.nth(number)).to_contain_text("console")
        expect(rows.nth(1)).to_contain_text("only for this afternoon")


def test_a_flip_from_elsewhere_comes_into_the_page_and_leaves_the_reader_alone(
    site: tuple[Running, Path], browser: Browser
) -> None:
    """The live view keeps the scroll position, the focus, what is typed, and an open dialog."""
    gateway, path = site
    with visit(browser, gateway.console, viewport={"width": 800, "height": 500}) as (page, _complaints):
        page.goto("/routes/calm")
        page.locator("#kill").click()
        reason = act(page).locator("#act-reason")
        reason.fill("half a sen")
        page.evaluate("scrollTo(0, 150)")
        page.evaluate("window.sameDocument = true")
        text = path.read_text("utf-8")
        path.write_text(text.replace("path: /calm\n", "path: /calm\n    mode: shadow\n"), "utf-8")
        expect(page.locator("li[aria-current=step]")).to_contain_text("shadow", timeout=SOON)
        expect(act(page)).to_be_visible()
        expect(reason).to_be_focused()
        expect(reason).to_have_value("half a sen")
        assert abs(page.evaluate("scrollY") - 150) < 30  # the browser holds what is in view, and lines above may grow
        assert page.evaluate("window.sameDocument") is True
        page.keyboard.press("Escape")
        expect(page.locator("#kill")).to_be_focused()


def test_the_kill_switch_is_loud_on_every_page(site: tuple[Running, Path], browser: Browser) -> None:
    gateway, _path = site
    with visit(browser, gateway.console) as (page, _complaints):
        page.goto("/map")
        page.get_by_role("button", name="Kill switch").click()
        act(page).locator("#act-reason").fill("v2 is on fire")
        act(page).get_by_label("The operator's token").fill(TOKEN)
        act(page).locator("button[name=go]").click()
        expect(page.locator("#forced")).to_contain_text("everything is sent to legacy", timeout=SOON)
        page.goto("/routes")
        expect(page.locator("#forced")).to_contain_text("v2 is on fire")
        assert grave_in_either_theme(page) == []
        page.get_by_role("button", name="Let the map decide").click()
        act(page).locator("#act-reason").fill("it is out")
        act(page).locator("button[name=go]").click()
        expect(page.locator("#forced")).to_have_count(0, timeout=SOON)


def test_what_a_client_sent_runs_nowhere(site: tuple[Running, Path], browser: Browser) -> None:
    """Cases 166, 168, 169: markup in a path is text on every page, under the policy, without a network."""
    gateway, _path = site
    with visit(browser, gateway.console) as (page, _complaints):
        page.on("dialog", lambda dialog: pytest.fail(f"it ran: {dialog.message}"))
        for address in ("/", "/routes", "/routes/notes", "/mismatches?field=%3Cscript%3E", sample_of(gateway, "notes")):
            page.goto(address)
            assert page.locator("script:not([src]), img").count() == 0
        expect(page.locator("h1")).to_contain_text("<img src=x onerror=alert(1)>")


AUDITED = ("/", "/routes", "/routes/things.get", "/mismatches", "sample", "/map", "/audit", "/signin", "/routes/no")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_shuts_anybody_out(site: tuple[Running, Path], browser: Browser, theme: str) -> None:
    """Nothing serious or critical that axe knows of, in either theme; the contrast of every text included."""
    gateway, _path = site
    sample = sample_of(gateway, "notes")
    found: dict[str, list[str]] = {}
    with visit(browser, gateway.console, color_scheme=theme) as (page, complaints):
        complaints.expected = {404}
        for address in AUDITED:
            page.goto(sample if address == "sample" else address)
            found[address] = grave(page, theme)
        page.goto("/routes/things.get")
        page.get_by_role("button", name="Move").first.click()
        found["move"] = grave(page, theme)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Kill switch").click()
        found["kill switch"] = grave(page, theme)
        page.goto(sample)
        page.get_by_role("button", name="Excuse").first.click()
        expect(act(page)).to_be_visible()
        found["excuse"] = grave(page, theme)
    assert {address: problems for address, problems in found.items() if problems} == {}


def test_everything_can_be_reached_with_the_keyboard(site: tuple[Running, Path], browser: Browser) -> None:
    gateway, _path = site
    with visit(browser, gateway.console) as (page, _complaints):
        page.goto("/routes/things.get")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="To the content")).to_be_focused()
        page.keyboard.press("Enter")
        reached = set()
        for _ in range(60):
            page.keyboard.press("Tab")
            name = page.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel || ''")
            reached.add(name.strip())
            if name.startswith("Move "):
                break
        assert any(name.startswith("Move") for name in reached), reached
        page.keyboard.press("Enter")
        expect(act(page)).to_be_visible()
        page.keyboard.press("Escape")
        expect(act(page)).to_be_hidden()
        assert page.evaluate("document.activeElement.innerText").startswith("Move")


def test_everything_can_be_read_without_a_script(site: tuple[Running, Path], browser: Browser) -> None:
    gateway, _path = site
    with visit(browser, gateway.console, java_script_enabled=False) as (page, _complaints):
        page.goto("/routes?q=things")
        expect(page.locator("tbody tr")).to_have_count(1)
        page.get_by_label("Id or path").fill("calm")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("link", name="calm", exact=True)).to_be_visible()
        page.goto("/routes/things.get")
        expect(page.locator("#parity")).to_be_visible()
        expect(page.locator(".needs-script").first).to_be_hidden()


def test_no_page_is_wider_than_a_phone(site: tuple[Running, Path], browser: Browser) -> None:
    gateway, _path = site
    sample = sample_of(gateway, "notes")
    with visit(browser, gateway.console, viewport={"width": 390, "height": 844}) as (page, complaints):
        complaints.expected = {404}
        for address in AUDITED:
            page.goto(sample if address == "sample" else address)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        page.goto(sample)
        differing = page.locator("table.sides tr.differs").first
        expect(differing.locator("td.legacy")).to_be_visible()
        expect(differing.locator("td.v2")).to_be_visible()
        over, under = (differing.locator(f"td.{side}").bounding_box() for side in ("legacy", "v2"))
        assert over is not None
        assert under is not None
        assert under["y"] >= over["y"] + over["height"], "what differs stands line below line"
        assert under["width"] > 300


def test_every_link_leads_somewhere(site: tuple[Running, Path], browser: Browser) -> None:
    """What a page offers is one click away: every address on every page, those of sorted columns and periods too."""
    gateway, _path = site
    sample, broken, asked = sample_of(gateway, "notes"), [], set()
    with visit(browser, gateway.console) as (page, complaints):
        complaints.expected = {404}
        for address in AUDITED:
            page.goto(sample if address == "sample" else address)
            for link in page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))"):
                target, _, fragment = link.partition("#")
                if fragment and not target:
                    assert page.locator(f"[id='{fragment}']").count() == 1, link
                if not target or target in asked:
                    continue
                asked.add(target)
                answer = gateway.http.get(gateway.console + target, headers={"accept": "text/html"})
                if answer.status_code != 200:
                    broken.append(f"{address} -> {link}: {answer.status_code}")
    assert broken == []
    assert len(asked) > 30


def test_what_was_chosen_is_in_the_address_and_back_undoes_it(site: tuple[Running, Path], browser: Browser) -> None:
    """Filters, order and period: an address can be sent to a colleague, and the browser's back button works."""
    gateway, _path = site
    with visit(browser, gateway.console) as (page, _complaints):
        page.goto("/routes")
        page.get_by_label("Mode").select_option("shadow")
        expect(page).to_have_url(re.compile("mode=shadow"))
        page.get_by_role("link", name="Mismatches", exact=True).last.click()
        expect(page).to_have_url(re.compile("mode=shadow&sort=mismatches$"))
        expect(page.locator("th[aria-sort=descending]")).to_have_text("Mismatches")
        page.get_by_role("link", name="Mismatches", exact=True).last.click()
        expect(page.locator("th[aria-sort=ascending]")).to_have_text("Mismatches")
        page.go_back()
        expect(page.locator("th[aria-sort=descending]")).to_have_text("Mismatches")
        page.goto("/")
        page.get_by_role("link", name="7 d").click()
        expect(page).to_have_url(re.compile("hours=168"))
        expect(page.get_by_role("link", name="7 d")).to_have_attribute("aria-current", "true")
