"""Debian's Chromium, cut off from everything but loopback, and what a page of the console may not do in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

SOON = 20_000.0
"""Milliseconds that a page may take to show what happened; a busy machine is slow."""
EXECUTABLE = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


def skip_without_chromium() -> None:
    """For the head of a module."""
    if EXECUTABLE is None and not os.environ.get("GATEWAY_TEST_REQUIRE_SERVICES"):
        pytest.skip("Debian's chromium is not installed", allow_module_level=True)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that can reach nothing but loopback."""
    expect.set_options(timeout=SOON)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Complaints:
    """What went wrong in pages: errors of scripts, violations of the policy, failed answers, foreign addresses."""

    origin: str
    found: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)
    """Statuses that a test provokes."""

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.found.append(f"script: {error}"))
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("request", lambda request: self._asked(request.url))
        page.on("response", lambda answer: self._answered(answer.status, answer.url))

    def _said(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.found.append(f"console: {text}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self.origin, "data:", "blob:")):
            self.found.append(f"asked {url}")

    def _answered(self, status: int, url: str) -> None:
        if status >= 400 and status not in self.expected:
            self.found.append(f"{status} {url}")


@contextmanager
def visit(browser: Browser, origin: str, **options: Any) -> Iterator[tuple[Page, Complaints]]:
    """A page of a new person; at its end nothing may have gone wrong."""
    context: BrowserContext = browser.new_context(base_url=origin, **options)
    complaints = Complaints(origin)
    try:
        context.set_default_timeout(3 * SOON)
        page = context.new_page()
        complaints.watch(page)
        yield page, complaints
        assert not complaints.found, complaints.found
    finally:
        context.close()
