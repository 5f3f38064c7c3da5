"""People and programs whose every step is answered by the other side: nobody is logged out by a flip."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle

import pytest

from tests.sample.browser import FORM, Browser, multipart
from tests.sample.client import Answer, Client, Headers
from tests.sample_v2.pair import Pair

AS_JSON = {"Content-Type": "application/json"}


class Alternating:
    """A client whose requests go to one side, then to the other."""

    def __init__(self, sides: Iterator[Client]) -> None:
        self._sides = sides

    def request(self, method: str, target: str, headers: Headers | None = None, body: bytes | None = None) -> Answer:
        return next(self._sides).request(method, target, headers or {}, body)


@pytest.fixture(params=["legacy", "v2"])
def browser(request: pytest.FixtureRequest, pair: Pair) -> Browser:
    """A browser whose first request goes to that side."""
    sides = (pair.legacy, pair.v2) if request.param == "legacy" else (pair.v2, pair.legacy)
    return Browser(Alternating(cycle(sides)))  # type: ignore[arg-type]  # it only makes requests


def test_a_login_is_known_on_both_and_greeted_once(browser: Browser) -> None:
    welcomed = browser.follow(browser.log_in(remember="y"))
    assert "Welcome back, Demo Admin." in welcomed.text
    for _ in range(2):
        assert "Welcome back" not in browser.get("/account").text
        answer = browser.get("/whoami").json()
        assert (answer["email"], answer["fresh"]) == ("demo@example.com", True)


def test_who_is_not_logged_in_is_led_to_the_form_and_back(browser: Browser) -> None:
    refused = browser.get("/account?tab=1")
    assert refused.header("location") == "/login?next=%2Faccount%3Ftab%3D1"
    form = browser.follow(refused)
    assert "Please log in to see this page." in form.text
    token = browser.token("/login")
    body = f"csrf_token={token}&email=demo%40example.com&password=demo".encode()
    answer = browser.request("POST", "/login?next=%2Faccount%3Ftab%3D1", FORM, body)
    assert answer.header("location") == "/account?tab=1"
    assert browser.follow(answer).status == 200


def test_who_was_looked_at_is_remembered_in_order(browser: Browser) -> None:
    browser.log_in()
    for slug in ("grace-schmidt", "anton-jensen", "grace-schmidt"):
        assert browser.get(f"/people/{slug}").status == 200
    for _ in range(2):
        assert browser.get("/whoami").json()["recent"] == ["grace-schmidt", "anton-jensen"]


def test_a_form_of_one_side_is_posted_to_the_other(browser: Browser) -> None:
    browser.log_in("staff@example.com", "staff")
    for name in ("Somebody Else", "Stan Staff"):
        assert browser.submit("/account", name=name).status == 302
        page = browser.get("/account").text
        assert "Your account is saved." in page
        assert f'value="{name}"' in page
    assert browser.request("POST", "/account", FORM, b"name=x").status == 400


def test_a_file_is_uploaded_with_the_form(browser: Browser, pair: Pair) -> None:
    browser.log_in()
    token = browser.token("/files/")
    headers, body = multipart(
        ("csrf_token", None, None, token.encode()), ("file", "journey.csv", "text/csv", b"a,b\n1,2\n")
    )
    page = browser.follow(browser.request("POST", "/files/", headers, body)).text
    assert "journey.csv is stored." in page
    number = page.partition("journey.csv</a>")[0].rpartition('href="/files/')[2].partition('"')[0]
    assert browser.get(f"/files/{number}").body == b"a,b\n1,2\n"
    pair.v2.request("DELETE", f"/api/files/{number}", {"X-Api-Key": "sample-v2-api-key"})


def test_who_logs_out_on_one_side_is_out_on_the_other(browser: Browser) -> None:
    browser.log_in(remember="y")
    assert browser.submit("/account", action="/logout").header("location") == "/"
    assert "You are logged out." in browser.get("/").text
    for _ in range(2):
        assert browser.get("/whoami").status == 401


def test_a_remembered_login_has_to_be_renewed_for_what_needs_it(browser: Browser) -> None:
    browser.log_in(remember="y")
    del browser.cookies["session"]
    for _ in range(2):
        assert browser.get("/whoami").json()["fresh"] is False
        assert browser.get("/account/security").header("location") == "/login?next=%2Faccount%2Fsecurity"


def test_tokens_of_either_side_are_good_and_bad_on_both(pair: Pair) -> None:
    credentials = json.dumps({"email": "editor@example.com", "password": "editor"}).encode()
    for giver, other in ((pair.legacy, pair.v2), (pair.v2, pair.legacy)):
        given = giver.request("POST", "/auth/login", AS_JSON, credentials).json()
        refresh = {"Authorization": f"Bearer {given['refresh_token']}"}
        access = {"Authorization": f"Bearer {other.request('POST', '/auth/refresh', refresh).json()['access_token']}"}
        for side in (giver, other):
            assert side.request("GET", "/auth/whoami", access).json()["role"] == "editor"
        changed = giver.request("PATCH", "/employee/5", {**access, **AS_JSON}, b'{"remote": true}')
        assert (changed.status, changed.body) == (200, other.request("GET", "/employee/5").body)
        assert other.request("DELETE", "/employee/5", access).status == 403
        assert giver.request("DELETE", "/auth/token", access).status == 204
        for side in (giver, other):
            assert side.request("GET", "/auth/whoami", access).json() == {"msg": "Token has been revoked"}
    actors = [
        item["actor"]
        for item in pair.v2.request("GET", "/api/audit?limit=4", {"X-Api-Key": "sample-v2-api-key"}).json()["items"]
    ]
    assert actors == ["editor@example.com"] * 4
