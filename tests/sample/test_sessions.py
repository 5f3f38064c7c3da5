"""People log in with a form and are remembered by cookies."""

from __future__ import annotations

import pytest

from tests.sample.browser import FORM, USER_AGENT, Browser
from tests.sample.client import Client


def test_the_form_has_a_token_and_sets_a_session(browser: Browser) -> None:
    answer = browser.get("/login")
    assert answer.status == 200
    cookie = answer.header("set-cookie") or ""
    assert cookie.startswith("session=")
    assert cookie.endswith("; HttpOnly; Path=/; SameSite=Lax")
    assert answer.header("vary") == "Cookie"


def test_logging_in_redirects_greets_once_and_is_known_afterwards(browser: Browser) -> None:
    answer = browser.log_in()
    assert (answer.status, answer.header("location")) == (302, "/account")
    assert "Welcome back, Demo Admin." in browser.follow(answer).text
    assert "Welcome back" not in browser.get("/account").text
    assert browser.get("/whoami").json()["email"] == "demo@example.com"


def test_whoami_tells_what_the_session_knows(browser: Browser) -> None:
    browser.log_in("staff@example.com", "staff")
    browser.get("/people/grace-schmidt")
    answer = browser.get("/whoami").json()
    since = answer.pop("since")
    assert since.endswith(" GMT")
    assert answer == {
        "authenticated": True,
        "email": "staff@example.com",
        "name": "Stan Staff",
        "role": "staff",
        "fresh": True,
        "recent": ["grace-schmidt"],
    }


def test_nobody_is_a_401(browser: Browser) -> None:
    answer = browser.get("/whoami")
    assert answer.status == 401
    assert answer.json()["error"]["message"] == "Nobody is logged in."


def test_the_employee_behind_the_account(browser: Browser) -> None:
    browser.log_in()
    assert browser.get("/employee/me").body == browser.get("/employee/1").body


@pytest.mark.parametrize(
    ("email", "password"),
    [("demo@example.com", "guess"), ("nobody@example.com", "demo"), ("gone@example.com", "gone")],
)
def test_a_wrong_login_is_a_401_with_the_form_again(browser: Browser, email: str, password: str) -> None:
    answer = browser.log_in(email, password)
    assert answer.status == 401
    assert "The e-mail address or the password is wrong." in answer.text
    assert browser.get("/whoami").status == 401


def test_an_incomplete_login_is_a_400(browser: Browser) -> None:
    answer = browser.log_in(password="")
    assert answer.status == 400
    assert "This field is required." in answer.text


def test_a_form_without_its_token_is_a_400(browser: Browser) -> None:
    browser.get("/login")
    answer = browser.request("POST", "/login", FORM, b"email=demo%40example.com&password=demo")
    assert answer.status == 400
    assert "The CSRF token is missing." in answer.text


def test_a_token_of_another_session_is_a_400(browser: Browser, client: Client) -> None:
    token = Browser(client).token("/login")
    browser.get("/login")
    body = f"csrf_token={token}&email=demo%40example.com&password=demo".encode()
    assert "The CSRF tokens do not match." in browser.request("POST", "/login", FORM, body).text


def test_a_page_behind_the_login_leads_there_and_back(browser: Browser) -> None:
    answer = browser.get("/account?tab=1")
    assert (answer.status, answer.header("location")) == (302, "/login?next=%2Faccount%3Ftab%3D1")
    assert "Please log in to see this page." in browser.follow(answer).text
    login = "/login?next=%2Faccount%3Ftab%3D1"
    answer = browser.submit(login, email="demo@example.com", password="demo")
    assert answer.header("location") == "/account?tab=1"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/%5Cevil.example", "javascript:1"])
def test_a_login_never_leads_to_another_site(browser: Browser, target: str) -> None:
    answer = browser.submit(f"/login?next={target}", email="demo@example.com", password="demo")
    assert answer.header("location") == "/account"


def test_logging_out_forgets(browser: Browser) -> None:
    browser.log_in()
    answer = browser.submit("/account", action="/logout")
    assert (answer.status, answer.header("location")) == (302, "/")
    assert "You are logged out." in browser.follow(answer).text
    assert browser.get("/whoami").status == 401


def test_logging_out_needs_the_token(browser: Browser) -> None:
    browser.log_in()
    assert browser.request("POST", "/logout", FORM, b"").status == 400
    assert browser.get("/whoami").status == 200


def test_a_remembered_browser_is_known_without_its_session(browser: Browser) -> None:
    answer = browser.log_in(remember="y")
    cookie = next(line for line in answer.all("set-cookie") if line.startswith("remember_token="))
    assert "HttpOnly" in cookie
    assert "Expires=" in cookie
    assert "SameSite=Lax" in cookie
    del browser.cookies["session"]
    assert browser.get("/whoami").json()["fresh"] is False


def test_a_remembered_browser_logs_in_again_for_what_needs_it(browser: Browser) -> None:
    browser.log_in(remember="y")
    assert browser.get("/account/security").status == 200
    del browser.cookies["session"]
    answer = browser.get("/account/security")
    assert (answer.status, answer.header("location")) == (302, "/login?next=%2Faccount%2Fsecurity")


def test_logging_out_deletes_the_remember_cookie(browser: Browser) -> None:
    browser.log_in(remember="y")
    browser.submit("/account", action="/logout")
    assert "remember_token" not in browser.cookies


def test_a_forged_session_is_nobody(browser: Browser) -> None:
    browser.log_in()
    browser.cookies["session"] = browser.cookies["session"][:-3] + "AAA"
    assert browser.get("/whoami").status == 401


def test_a_session_on_another_browser_is_not_fresh(browser: Browser, client: Client) -> None:
    """Flask-Login binds a session to the address and the user agent."""
    browser.log_in()
    headers = {"Cookie": f"session={browser.cookies['session']}", "User-Agent": "Other/1.0"}
    assert client.request("GET", "/whoami", headers).json()["fresh"] is False
    assert client.request("GET", "/whoami", {**headers, "User-Agent": USER_AGENT}).json()["fresh"] is True


def test_the_account_form_saves(browser: Browser) -> None:
    browser.log_in("editor@example.com", "editor")
    answer = browser.submit("/account", name="Édith <Editor>")
    assert (answer.status, answer.header("location")) == (302, "/account")
    page = browser.follow(answer).text
    assert "Your account is saved." in page
    assert "Édith &lt;Editor&gt;" in page
    browser.submit("/account", name="Edda Editor")


def test_the_account_form_is_validated(browser: Browser) -> None:
    browser.log_in("editor@example.com", "editor")
    assert browser.submit("/account", name="x" * 121).status == 400


def test_recently_viewed_people_are_the_sessions(browser: Browser) -> None:
    for slug in ("grace-schmidt", "anton-jensen", "grace-schmidt"):
        answer = browser.get(f"/people/{slug}")
    assert "anton-jensen</a>" in answer.text
    assert answer.text.count("grace-schmidt</a>") == 0
