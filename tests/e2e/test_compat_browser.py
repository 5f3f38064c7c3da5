"""A person in a browser, while the routes under the journey are flipped: legacy and v2 share one session, one login.

The applications are those of tests/support/stateful. Every step is taken on the side that its line of the map names,
and the map is edited between two clicks.
"""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import httpx
import pytest
import redis
from playwright.sync_api import Browser, BrowserContext, Page, expect
from prometheus_client.parser import text_string_to_metric_families

from tests.support.chromium import chromium, skip_without_chromium
from tests.support.gateway_process import ROOT, Running, serving
from tests.support.wire import eventually

pytestmark = pytest.mark.timeout(180)

skip_without_chromium()

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
ROUTES = {
    "login": "/login",
    "account": "/account",
    "logout": "/logout",
    "note": "/note/<text>",
    "notes": "/notes",
    "home": "/",
    "tokens": "/auth/<path:rest>",
}
MAP = """
version: 1
backends:
  legacy: {wsgi: "tests.support.stateful.legacy:create_app()", threads: 8}
  v2: {asgi: "tests.support.stateful.v2:create_app()"}
defaults: {mode: legacy, headers: true}
routes:
"""


@dataclass
class Flipped:
    """A gateway and its map. `side` flips a route and waits until that is in force."""

    running: Running
    path: Path
    modes: dict[str, str]
    in_cookies: bool

    @property
    def url(self) -> str:
        return self.running.url

    def side(self, **modes: str) -> None:
        self.modes.update(modes)
        write_map(self.path, self.modes)
        eventually(lambda: self._in_force() == self.modes, f"the flip to {modes}", seconds=10)

    def _in_force(self) -> dict[str, str]:
        routes = httpx.get(f"{self.running.console_url}/api/v1/map", timeout=5).json()["routes"]
        return {route["id"]: route["mode"] for route in routes}

    def applied(self) -> dict[str, float]:
        """Uses of each compat switch, as the gateway counts them."""
        return {labels["switch"]: value for labels, value in self.samples("gateway_compat_applied_total")}

    def compared(self, route: str) -> dict[str, float]:
        """Verdict -> exchanges of a route that were compared."""
        found: Counter[str] = Counter()
        for labels, value in self.samples("gateway_parity_total"):
            if labels["route"] == route:
                found[labels["verdict"]] += int(value)
        return found

    def samples(self, name: str) -> list[tuple[dict[str, str], float]]:
        text = httpx.get(f"{self.running.console_url}/metrics", timeout=5).text
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return [(sample.labels, sample.value) for sample in samples if sample.name == name]


def write_map(path: Path, modes: dict[str, str]) -> None:
    lines = [f'  - {{id: {name}, path: "{ROUTES[name]}", mode: {mode}}}\n' for name, mode in modes.items()]
    path.with_suffix(".new").write_text(MAP + "".join(lines), encoding="utf-8")
    path.with_suffix(".new").rename(path)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context() as context:
        yield context


@pytest.fixture(scope="module", params=["cookie", "redis"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, missing: Callable[[str], NoReturn]
) -> Iterator[Flipped]:
    """The gateway before the two applications, with sessions in a cookie or in Redis."""
    folder, prefix, env = tmp_path_factory.mktemp("compat"), f"e2e:{secrets.token_hex(4)}:", {}
    if request.param == "redis":
        try:
            connection = redis.Redis.from_url(REDIS_URL, socket_connect_timeout=1)
            connection.ping()
        except redis.RedisError:
            missing("Redis")
        env = {"SESSION_REDIS_URL": REDIS_URL, "SESSION_REDIS_PREFIX": prefix}
    path = folder / "migration_map.yaml"
    modes = dict.fromkeys(ROUTES, "legacy")
    write_map(path, modes)
    with serving(path, cwd=ROOT, log=folder / "log", env=env) as running:
        yield Flipped(running, path, modes, in_cookies=request.param == "cookie")
    if request.param == "redis":
        for key in connection.scan_iter(f"{prefix}*"):
            connection.delete(key)
        connection.close()


def served_by(page: Page, url: str) -> str | None:
    """Open a page; which side it came from."""
    answer = page.goto(url)
    assert answer is not None
    return answer.header_value("x-served-by")


def test_a_login_a_flash_a_form_and_a_logout_while_routes_are_flipped(site: Flipped, context: BrowserContext) -> None:
    site.side(**dict.fromkeys(ROUTES, "legacy"))
    page = context.new_page()
    failed: list[str] = []
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 500 else None)

    # Logged in on legacy; the account is flipped before the redirect arrives there
    assert served_by(page, f"{site.url}/login?next=%2Faccount") == "legacy"
    site.side(account="v2")
    page.get_by_label("password").fill("ada's password")
    page.get_by_label("remember").check()
    page.get_by_role("button", name="Send").click()

    # Known on v2, where legacy's welcome is shown, once
    expect(page).to_have_url(f"{site.url}/account")
    expect(page.locator("h1")).to_have_text("Ada, fresh: True")
    expect(page.get_by_role("status")).to_have_text("Welcome, Ada.")
    assert served_by(page, f"{site.url}/account") == "v2"
    expect(page.get_by_role("status")).to_have_count(0)

    # A CSRF form of v2's, posted to v2
    page.get_by_label("nick").fill("The Countess")
    with page.expect_response(lambda answer: answer.request.method == "POST") as posted:
        page.get_by_role("button", name="Send").click()
    assert (posted.value.status, posted.value.header_value("x-served-by")) == (302, "v2")
    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(page.locator("h1")).to_have_text("The Countess, fresh: True")

    # A form of v2's, posted to legacy: flipped back between the page and the click; and one without its token
    site.side(account="legacy")
    page.get_by_label("nick").fill("Augusta")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("h1")).to_have_text("Augusta, fresh: True")
    site.side(account="v2")
    page.evaluate("document.querySelector('[name=csrf_token]').value = 'forged'")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("body")).to_have_text("The CSRF token is invalid.")

    # Logged out on v2, and out on legacy, remember-me cookie included
    site.side(logout="v2", account="legacy")
    page.goto(f"{site.url}/account")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("status")).to_have_text("Until soon.")
    assert served_by(page, f"{site.url}/account?from=here") == "legacy"
    expect(page).to_have_url(f"{site.url}/login?next=%2Faccount%3Ffrom%3Dhere")
    assert {cookie["name"] for cookie in context.cookies()} == {"staff"}
    site.side(account="v2", home="v2")
    assert page.evaluate("fetch('/').then(answer => answer.json())") == {"user": None}

    assert failed == []
    used = site.applied()
    assert used["login.user"] >= 1
    assert used["flashes.take"] == 2
    assert used["login.log_out"] == 1


# Neither a remember-me cookie nor a token is in the session's store: with one kind of it these are shown.


@pytest.mark.parametrize("site", ["cookie"], indirect=True)
def test_a_person_who_is_remembered_is_known_on_the_other_side(site: Flipped, context: BrowserContext) -> None:
    """The browser was closed: the remember-me cookie of v2 becomes a session of legacy's, which is not fresh."""
    site.side(login="v2", account="legacy", logout="legacy")
    page = context.new_page()
    assert served_by(page, f"{site.url}/login") == "v2"
    page.get_by_label("password").fill("grace's password")
    page.get_by_label("remember").check()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("h1")).to_have_text("Grace, fresh: True")
    context.clear_cookies(name="staff")
    page.goto(f"{site.url}/account")
    expect(page.locator("h1")).to_have_text("Grace, fresh: False")


TOKENS = """async (step) => {
    const csrf = (document.cookie.match(/csrf_access_token=([^;]+)/) || [])[1] || "";
    const answer = await fetch("/auth/" + step.path, {
        method: step.method,
        headers: {"Content-Type": "application/json", ...(step.csrf ? {"X-CSRF-TOKEN": csrf} : {})},
        body: step.body ? JSON.stringify(step.body) : undefined,
    });
    return [answer.status, answer.headers.get("x-served-by"), answer.status == 204 ? null : await answer.json()];
}"""


@pytest.mark.parametrize("site", ["cookie"], indirect=True)
def test_tokens_in_cookies_are_valid_on_both_sides_until_revoked(site: Flipped, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{site.url}/notes")

    def ask(
        side: str, method: str, path: str, *, csrf: bool = False, body: dict[str, str] | None = None
    ) -> list[object]:
        site.side(tokens=side)
        status, served, answer = page.evaluate(TOKENS, {"method": method, "path": path, "csrf": csrf, "body": body})
        assert served == side
        return [status, answer]

    ada = {"identity": "1", "name": "Ada", "role": "editor"}
    for issuer, other in (("legacy", "v2"), ("v2", "legacy")):
        status, _ = ask(issuer, "POST", "login", body={"password": "ada's password"})
        assert status == 200
        assert ask(other, "GET", "whoami") == [200, ada]
        assert ask(other, "POST", "whoami", body={"a": "b"}) == [401, {"msg": "Missing CSRF token"}]
        assert ask(other, "POST", "whoami", csrf=True, body={"a": "b"}) == [200, ada]
        assert ask(other, "DELETE", "token", csrf=True) == [204, None]
        assert ask(issuer, "GET", "maybe") == [200, {"identity": None}]
        assert "access_token_cookie" not in {cookie["name"] for cookie in context.cookies()}


def test_a_message_is_shown_once_while_v2_is_asked_in_the_background(site: Flipped) -> None:
    """Case 89: the shadow finds the message, or finds it gone, and takes it from nobody."""
    site.side(note="shadow", notes="shadow", home="shadow")
    with httpx.Client(base_url=site.url, timeout=10) as visitor:
        for number in range(5):
            assert visitor.get(f"/note/{number}").headers["location"] == "/notes"
            assert visitor.get("/notes").json() == {"notes": [["info", f"A note: {number}"]]}
            assert visitor.get("/notes").json() == {"notes": []}
            assert visitor.get("/").json() == {"user": None}
    eventually(lambda: sum(site.compared("notes").values()) >= 10, "ten comparisons of /notes", seconds=20)
    eventually(lambda: sum(site.compared("home").values()) >= 5, "five comparisons of /", seconds=20)
    assert set(site.compared("home")) <= {"match", "equivalent"}
    if site.in_cookies:  # a store was written before the shadow looked, as docs/compat.md says
        assert set(site.compared("notes")) <= {"match", "equivalent"}
