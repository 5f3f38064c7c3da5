"""The console in a real browser when things are not as usual: away, hidden, read-only, refused, empty, signed out."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.axe import grave_in_either_theme
from tests.support.chromium import chromium, skip_without_chromium, visit
from tests.support.running import Running, running, write_site
from tests.support.wire import eventually

pytestmark = pytest.mark.timeout(180)
skip_without_chromium()

TOKEN = "correct-horse-battery-staple-0123456789"
READ_TOKEN = "look-but-do-not-touch-0123456789-abcdef"
SOON = 30_000
"""Milliseconds that a page may take to show what happened; a busy machine is slow."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    write_site(folder)
    return folder


@pytest.fixture(scope="module")
def gateway(site: Path) -> Iterator[Running]:
    """For tests that leave it as it was."""
    with running(site, token=TOKEN) as started:
        yield started


def hide(page: Page, hidden: bool) -> None:
    """As when the tab goes behind another: Chromium without a window never hides one by itself."""
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_a_gateway_that_is_gone_is_said_with_the_time_and_found_again(site: Path, browser: Browser) -> None:
    """Killed: the page says since when it is old. Started again at the same address: the page goes on by itself."""
    with running(site, token=TOKEN) as first:
        origin = first.console
        with visit(browser, origin) as (page, complaints):
            page.goto("/routes")
            expect(page.locator("#live")).to_have_text("Live", timeout=SOON)
            expect(page.locator("#lost")).to_be_hidden()
            first.process.kill()
            expect(page.locator("#lost")).to_be_visible(timeout=SOON)
            expect(page.locator("#lost")).to_contain_text(re.compile(r"how it was at \d\d:\d\d:\d\d UTC"))
            expect(page.locator("#live")).to_have_text("Lost contact")
            expect(page.get_by_role("link", name="hello", exact=True)).to_be_visible()  # what was there stays
            assert grave_in_either_theme(page) == []
            first.wait(30)
            path = site / "migration_map.yaml"
            text = path.read_text("utf-8")
            path.write_text(text.replace("id: hello", "id: hello.again"), "utf-8")
            try:
                with running(site, "--console-port", origin.rpartition(":")[2], token=TOKEN):
                    expect(page.locator("#lost")).to_be_hidden(timeout=SOON)
                    expect(page.locator("#live")).to_have_text("Live")
                    expect(page.get_by_role("link", name="hello.again", exact=True)).to_be_visible(timeout=SOON)
            finally:
                path.write_text(text, "utf-8")
            # A page that was about to look again when the gateway was killed could not.
            complaints.found = [one for one in complaints.found if "Failed to fetch" not in one]


def test_a_hidden_page_asks_nothing_and_holds_nothing_and_catches_up(
    gateway: Running, site: Path, browser: Browser
) -> None:
    path = site / "migration_map.yaml"
    text = path.read_text("utf-8")
    with visit(browser, gateway.console) as (page, _complaints):
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto("/routes/hello")
        expect(page.locator("#live")).to_have_text("Live", timeout=SOON)
        hide(page, hidden=True)
        asked.clear()
        try:
            path.write_text(text.replace("path: /hello, mode: legacy", "path: /hello, mode: shadow"), "utf-8")
            eventually(lambda: gateway.map()["routes"][0]["mode"] == "shadow", "the flip")
            page.wait_for_timeout(1500)  # more than a tick and a refresh take: nothing may have come of it
            assert asked == []
            expect(page.locator("li[aria-current=step]")).to_contain_text("legacy")
            hide(page, hidden=False)
            expect(page.locator("li[aria-current=step]")).to_contain_text("shadow", timeout=SOON)
        finally:
            path.write_text(text, "utf-8")


def test_a_person_may_pause_the_view(gateway: Running, browser: Browser) -> None:
    with visit(browser, gateway.console) as (page, _complaints):
        page.goto("/")
        badge = page.locator("#live")
        expect(badge).to_have_text("Live", timeout=SOON)
        badge.click()
        expect(badge).to_have_text("Paused")
        expect(badge).to_have_attribute("aria-pressed", "false")
        hide(page, hidden=True)
        hide(page, hidden=False)
        expect(badge).to_have_text("Paused")
        badge.click()
        expect(badge).to_have_text("Live", timeout=SOON)


def test_a_map_from_a_configmap_shows_the_edit_to_commit(browser: Browser, tmp_path: Path) -> None:
    """The file is mounted as Kubernetes does it, so nothing is written: the dialog has the edit, and copies it."""
    written = write_site(tmp_path)
    mount = tmp_path / "config"
    (mount / "..2026_11_20").mkdir(parents=True)
    shutil.copy(written, mount / "..2026_11_20" / written.name)
    (mount / "..data").symlink_to("..2026_11_20")
    path = mount / written.name
    path.symlink_to(f"..data/{written.name}")
    before = path.read_bytes()
    with (
        running(tmp_path, "--map", str(path), token=TOKEN) as gateway,
        visit(browser, gateway.console, permissions=["clipboard-read", "clipboard-write"]) as (page, complaints),
    ):
        complaints.expected = {409}
        page.goto("/routes/hello")
        page.get_by_role("button", name="Move up to shadow").click()
        dialog = page.locator("dialog#act")
        dialog.get_by_label("The operator's token").fill(TOKEN)
        dialog.locator("button[name=go]").click()
        expect(dialog.locator("[data-part=diff] li.in")).to_contain_text("mode: shadow", timeout=SOON)
        expect(dialog.locator("[data-part=where]")).to_contain_text("the route that begins at line")
        expect(dialog.locator("[data-part=wrong]")).to_contain_text("ConfigMap")
        expect(dialog.locator("[data-part=wrong]")).to_contain_text("edit to commit")
        expect(dialog.locator("button[name=go]")).to_be_hidden()
        dialog.get_by_role("button", name="Copy the edit").click()
        expect(dialog.locator("[data-part=copy]")).to_contain_text("Copied")
        assert grave_in_either_theme(page) == []
        assert "mode: shadow" in page.evaluate("navigator.clipboard.readText()")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Kill switch").click()
        expect(dialog.locator("button[name=go]")).to_be_visible()
    assert path.read_bytes() == before


def test_a_refused_map_is_shown_at_its_line_and_the_one_in_force_beside_it(
    gateway: Running, site: Path, browser: Browser
) -> None:
    path = site / "migration_map.yaml"
    text = path.read_text("utf-8")
    try:
        path.write_text(text.replace("mode: shadow", "mode: shado"), "utf-8")
        with visit(browser, gateway.console) as (page, _complaints):
            page.goto("/")
            notice = page.locator(".notice.bad", has_text="The map on disk is refused")
            expect(notice).to_be_visible(timeout=SOON)
            assert grave_in_either_theme(page) == []
            notice.get_by_role("link").click()
            expect(page.locator("#refused")).to_be_visible()
            expect(page.locator("#refused-text li.wrong")).to_contain_text("mode: shado")
            expect(page.locator("#refused-text .problem")).to_contain_text("write legacy, shadow, canary or v2")
            expect(page.locator("section[aria-labelledby=text]")).to_contain_text("mode: shadow")
            assert grave_in_either_theme(page) == []
    finally:
        path.write_text(text, "utf-8")


def test_signing_in_reading_and_signing_out(browser: Browser, tmp_path: Path) -> None:
    """Bound beyond loopback: a token is asked for, the page asked for comes after it, and a session can be ended."""
    write_site(tmp_path)
    with running(tmp_path, "--console-host", "0.0.0.0", token=TOKEN, read_token=READ_TOKEN) as gateway:
        origin = re.sub(r"//[^:/]+", "//127.0.0.1", gateway.console)
        with visit(browser, origin) as (page, complaints):
            complaints.expected = {401}
            page.goto("/routes?mode=shadow")
            expect(page).to_have_url(re.compile("/signin"))
            expect(page.locator(".places")).to_have_count(0)
            page.get_by_label("Token").fill("not-the-token-not-the-token-0123456789")
            page.keyboard.press("Enter")
            expect(page.get_by_role("alert")).to_contain_text("neither")
            page.get_by_label("Token").fill(READ_TOKEN)
            page.keyboard.press("Enter")
            expect(page).to_have_url(f"{origin}/routes?mode=shadow")
            expect(page.locator("tbody tr")).to_have_count(1)

            # A reader sees what could be changed; changing it needs the other token.
            page.goto("/routes/hello")
            page.get_by_role("button", name="Move up to shadow").click()
            page.get_by_label("The operator's token").fill(READ_TOKEN)
            page.locator("dialog button[name=go]").click()
            expect(page.locator("dialog [data-part=wrong]")).to_contain_text("may only read")
            page.keyboard.press("Escape")

            # The session ends elsewhere while a page is open: it asks for a token by itself.
            other = page.context.new_page()
            other.goto(f"{origin}/map")
            other.get_by_role("button", name="Sign out").click()
            expect(other).to_have_url(re.compile("/signin"))
            path = tmp_path / "migration_map.yaml"
            text = path.read_text("utf-8")
            path.write_text(text.replace("path: /hello, mode: legacy", "path: /hello, mode: shadow"), "utf-8")
            expect(page).to_have_url(re.compile(r"/signin\?next=%2Froutes%2Fhello"), timeout=SOON)


def test_a_map_without_routes_and_evidence_that_is_away_are_said_and_break_no_page(
    browser: Browser, tmp_path: Path
) -> None:
    path = write_site(tmp_path)
    text = path.read_text("utf-8")
    path.write_text(text[: text.index("routes:")] + "routes: []\n", "utf-8")
    (tmp_path / "taken").mkdir()  # a folder is no database
    with (
        running(tmp_path, token=TOKEN, evidence=f"sqlite:///{tmp_path / 'taken'}", wait_until_ready=False) as gateway,
        visit(browser, gateway.console) as (page, complaints),
    ):
        complaints.expected = {503}
        page.goto("/")
        expect(page.locator(".notices")).to_contain_text("gateway init")
        expect(page.locator(".notice.bad", has_text="Evidence")).to_have_count(1, timeout=SOON)
        page.goto("/routes")
        expect(page.locator(".notice.warn")).to_contain_text("The evidence cannot be read")
        expect(page.locator("tbody tr")).to_have_count(1)
        page.goto("/routes/__default__")
        expect(page.get_by_role("heading", level=1)).to_have_text("__default__")
        page.goto("/mismatches")
        expect(page.get_by_role("heading", level=1)).to_have_text("The evidence cannot be read")
