"""A person in a browser uses the sample through the gateway, and a route is flipped meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.chromium import chromium, skip_without_chromium
from tests.support.gateway_process import ROOT, Running, gateway, serving

pytestmark = pytest.mark.timeout(180)

skip_without_chromium()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[Running, Path]]:
    """The sample migration as `make serve` serves it, with a map and a database of its own."""
    path = tmp_path / "migration_map.yaml"
    shutil.copy(ROOT / "migration_map.yaml", path)
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'staff.sqlite3'}", "UPLOAD_FOLDER": str(tmp_path / "uploads")}
    with serving(path, cwd=ROOT, log=tmp_path / "log", env=env) as running:
        yield running, path


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def log_in(page: Page, url: str) -> None:
    page.goto(f"{url}/login")
    page.get_by_label("E-mail").fill("demo@example.com")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{url}/account")


def test_a_day_at_the_directory(demo: tuple[Running, Path], browser: Browser, tmp_path: Path) -> None:
    running, path = demo
    page = browser.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    # A download and a closed event stream are aborted by the browser itself.
    page.on("requestfailed", lambda request: complaints.append(f"{request.url}: {request.failure}"))
    page.on("response", lambda response: complaints.append(response.url) if response.status >= 400 else None)

    # Pages, with their style sheet
    page.goto(running.url)
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.styleSheets.length") >= 1

    # A CSRF form, a session, a flash that is shown once
    log_in(page, running.url)
    expect(page.locator(".flash, .flashes, [role=status]").first).to_be_visible()
    page.reload()
    expect(page.locator(".flash, .flashes li, [role=status]")).to_have_count(0)

    # An upload, and its download
    note = tmp_path / "note.txt"
    note.write_text("through the gateway", encoding="utf-8")
    page.goto(f"{running.url}/files/")
    page.locator("input[type=file]").set_input_files(note)
    page.locator("form:has(input[type=file]) [type=submit]").click()
    link = page.get_by_role("link", name="note.txt")
    expect(link).to_be_visible()
    with page.expect_download() as download:
        link.click()
    assert Path(download.value.path()).read_text(encoding="utf-8") == "through the gateway"

    # A streamed CSV
    lines = page.evaluate("fetch('/export/employees.csv').then(r => r.text()).then(t => t.trim().split('\\n').length)")
    assert lines == 321

    # Server-sent events, while they happen
    beats = page.evaluate(
        """() => new Promise((resolve, reject) => {
            const source = new EventSource('/events/live?interval=0.05');
            let count = 0;
            const beat = () => { if (++count === 3) { source.close(); resolve(count); } };
            source.onmessage = beat;
            source.addEventListener('heartbeat', beat);
            source.onerror = () => reject(new Error('the stream broke off'));
        })""",
    )
    assert beats == 3

    # A flip in the middle of it: the same person, the same page, the same session
    before = page.evaluate("fetch('/employee/7').then(r => r.text())")
    console = {"GATEWAY_CONSOLE_URL": running.console_url}
    forced = ("--force", "--reason", "this test is about the browser")
    flip = gateway("flip", "employees.get", "v2", *forced, "--map", str(path), cwd=ROOT, env=console)
    assert "in force" in flip.stdout + flip.stderr, flip
    assert page.evaluate("fetch('/employee/7').then(r => r.text())") == before
    page.goto(f"{running.url}/account")
    expect(page).to_have_url(f"{running.url}/account")
    assert gateway("rollback", "employees.get", "--map", str(path), cwd=ROOT, env=console).returncode == 0
    assert [complaint for complaint in complaints if "ERR_ABORTED" not in complaint] == []
