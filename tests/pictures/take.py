"""`make screenshots`: every page of the console with real data, as docs/pictures/*.png.

The sample migration is served with visitors, now quiet, now busy; after some minutes (MINUTES, 12 by default) there is
something to see over time, and each page is photographed by Chromium: light, dark, and as wide as a phone.
The pictures look as they should where Debian's fonts-inter and fonts-jetbrains-mono are installed, and are small where
pngquant is.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from playwright.async_api import Browser, Page, async_playwright

from tests.support.gateway_process import ROOT, Running, gateway, serving
from tests.support.visitors import TRUSTED, visitors

PICTURES = ROOT / "docs/pictures"
TOKEN = "only-for-these-pictures-0123456789abcdef"
MINUTES = float(os.environ.get("MINUTES", "12"))
MAP = "migration_map.yaml"
HOUR = "?hours=1"
WIDE, PHONE = (1280, 800), (390, 844)
TALLEST = 2200
"""Pixels of a picture; what is below is cut off, since nobody scrolls through a picture."""
WORST = "employees.reports"

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--font-render-hinting=none",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


@contextlib.contextmanager
def demo(folder: Path) -> Iterator[tuple[Running, Path]]:
    """The sample with a map and a database of its own. It is served from their folder, so no path shows whose it is."""
    shutil.copy(ROOT / MAP, folder / MAP)
    settings = {
        "DATABASE_URL": f"sqlite:///{folder / 'staff.sqlite3'}",
        "UPLOAD_FOLDER": str(folder / "uploads"),
        "GATEWAY_TOKEN": TOKEN,
        "PYTHONPATH": str(ROOT),
        **TRUSTED,
    }
    with serving(Path(MAP), cwd=folder, log=folder / "log", env=settings) as running:
        yield running, folder / MAP


def tide(began: float) -> float:
    """Requests a second: they come and go, as people do."""
    passed = time.monotonic() - began
    return 22 + 14 * math.sin(passed / 70) + 5 * math.sin(passed / 23)


async def live(running: Running, path: Path) -> None:
    """Some minutes of a working day: traffic, and three flips of which one is rolled back."""
    began = time.monotonic()
    steps = [
        ("flip", "employees.by_slug", "canary", "--percent", "5", "--sticky", "client"),
        ("flip", "pages.moved", "canary", "--percent", "1", "--sticky", "client"),
        ("rollback", "pages.moved", "--reason", "clients met a 307"),
        ("flip", "employees.list", "canary", "--percent", "20", "--sticky", "cookie:session"),
    ]
    async with visitors(running.port, rate=lambda: tide(began)) as load:
        for number, step in enumerate(steps, start=1):
            await asyncio.sleep(max(0.0, began + MINUTES * 60 * number / 6 - time.monotonic()))
            force = ["--force", "--reason", "we know what differs, and it is harmless"] if step[0] == "flip" else []
            command = [*step, *force, "--map", str(path)]
            done = await asyncio.to_thread(gateway, *command, cwd=path.parent, env=console_of(running))
            sys.stderr.write(done.stderr)
        await asyncio.sleep(max(0.0, began + MINUTES * 60 - time.monotonic()))
        await photograph(running)
    if load.failures:
        raise SystemExit(f"visitors complained: {load.failures[:3]}")


def console_of(running: Running) -> dict[str, str]:
    return {"GATEWAY_CONSOLE_URL": running.console_url, "USER": "ada", "PYTHONPATH": str(ROOT)}


async def photograph(running: Running) -> None:
    """Take every picture."""
    PICTURES.mkdir(exist_ok=True)
    sample = await a_sample(running)
    pages = {
        "overview": f"/{HOUR}",
        "routes": "/routes?sort=mismatches",
        "route": f"/routes/{WORST}{HOUR}",
        "mismatches": "/mismatches",
        "mismatch": f"/mismatches/{sample}",
        "map": "/map",
        "audit": "/audit",
        "signin": "/signin",
    }
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for name, address in pages.items():
            for kind in ("light", "dark", "phone"):
                await picture(chromium, running.console_url + address, f"{name}-{kind}", kind)
        for kind in ("light", "dark"):
            await dialog(chromium, running, kind)
        await forced(chromium, running)
        await chromium.close()


async def a_sample(running: Running) -> str:
    """A kept mismatch of the worst route. On a machine that is busy with something else it takes a while to come."""
    async with httpx.AsyncClient(base_url=running.console_url, trust_env=False) as http:
        for _ in range(60):
            groups = (await http.get("/api/v1/mismatches", params={"route": WORST, "limit": 1})).json()["groups"]
            if groups and groups[0]["samples"]:
                return str(groups[0]["samples"][0])
            await asyncio.sleep(2)
    raise SystemExit(f"nothing of {WORST} was compared; is the machine busy?")


async def forced(chromium: Browser, running: Running) -> None:
    """The overview while the kill switch is on."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(base_url=running.console_url, headers=headers, trust_env=False) as http:
        (await http.post("/api/v1/force", json={"side": "legacy", "reason": "v2 is on fire"})).raise_for_status()
        await picture(chromium, running.console_url + f"/{HOUR}", "forced-light", "light")
        (await http.post("/api/v1/force", json={"side": None, "reason": "it is out"})).raise_for_status()


async def opened(chromium: Browser, address: str, kind: str) -> Page:
    width, height = PHONE if kind == "phone" else WIDE
    context = await chromium.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if kind == "dark" else "light"
    )
    page = await context.new_page()
    await page.goto(address)
    await page.wait_for_function("!document.querySelector('[data-chart] .plot[hidden]')")
    return page


async def picture(chromium: Browser, address: str, name: str, kind: str) -> None:
    page = await opened(chromium, address, kind)
    height = min(TALLEST, await page.evaluate("document.documentElement.scrollHeight"))
    width = page.viewport_size["width"] if page.viewport_size else WIDE[0]
    path = PICTURES / f"{name}.png"
    await page.screenshot(path=path, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
    await asyncio.to_thread(shrink, path)  # the visitors go on meanwhile
    await page.context.close()


async def dialog(chromium: Browser, running: Running, kind: str) -> None:
    """The dialog of a flip that the gate refuses, with the line that would change."""
    page = await opened(chromium, f"{running.console_url}/routes/{WORST}{HOUR}", kind)
    await page.evaluate(f"sessionStorage.setItem('gateway-token', '{TOKEN}')")
    await page.locator("button[data-action=flip][data-mode=canary]").click()
    await page.locator("[data-part=diff] li.in").first.wait_for()
    path = PICTURES / f"flip-{kind}.png"
    await page.screenshot(path=path)
    await asyncio.to_thread(shrink, path)  # the visitors go on meanwhile
    await page.context.close()


def shrink(path: Path) -> None:
    """As few bytes as the picture needs, where the tool is there."""
    if tool := shutil.which("pngquant"):
        command = [tool, "--force", "--skip-if-larger", "--speed", "1", "--output", str(path), "128", str(path)]
        subprocess.run(command, check=False)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder)) as (running, path):
        asyncio.run(live(running, path))
    for taken in sorted(PICTURES.glob("*.png")):
        print(f"{taken.name} {taken.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
