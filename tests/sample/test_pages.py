"""What people see: pages, redirects, cookies."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.sample.client import Answer, Client
from tests.sample.conftest import Sample

Get = Callable[..., Answer]
HTML = "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("target", "heading"),
    [
        ("/", "Good to see you"),
        ("/about/", "About this site"),
        ("/directory/", "Directory"),
        ("/directory/page/16", "Directory"),
        ("/people/grace-schmidt", "Grace Schmidt"),
        ("/news/", "News"),
        ("/news/?category=events", "News: events"),
        ("/login", "Log in"),
        ("/docs", "Staff directory 4.12.3"),
    ],
)
def test_a_page_is_html_with_its_heading(get: Get, target: str, heading: str) -> None:
    answer = get(target)
    assert (answer.status, answer.header("content-type")) == (200, HTML)
    assert f"<h1>{heading}</h1>" in answer.text
    assert answer.text.startswith("<!doctype html>")


def test_every_link_of_the_first_page_works(get: Get) -> None:
    for target in set(re.findall(r'(?:href|src)="(/[^"]*)"', get("/").text)):
        assert get(target.replace("&amp;", "&")).status in {200, 302}, target


def test_the_directory_is_paged_and_filtered(get: Get) -> None:
    page = get("/directory/?department=design").text
    assert "Page 1 of 2, 40 people" in page
    assert 'rel="next" href="/directory/page/2?department=design"' in page
    assert 'rel="prev"' not in page


@pytest.mark.parametrize("target", ["/directory/page/17", "/people/nobody", "/news/nothing", "/no/such/page"])
def test_what_is_not_there_is_a_404_page(get: Get, target: str) -> None:
    answer = get(target)
    assert (answer.status, answer.header("content-type")) == (404, HTML)
    assert "<h1>404 Not Found</h1>" in answer.text


def test_a_404_is_json_for_those_who_want_json(get: Get) -> None:
    answer = get("/no/such/page", Accept="application/json")
    assert answer.status == 404
    assert answer.json()["error"]["code"] == 404


def test_an_error_is_a_500_page_without_the_reason(get: Get) -> None:
    answer = get("/debug/error")
    assert (answer.status, answer.header("content-type")) == (500, HTML)
    assert "on purpose" not in answer.text


def test_an_error_below_api_is_json(get: Get) -> None:
    answer = get("/api/debug/error")
    assert answer.status == 500
    assert answer.json()["error"]["name"] == "Internal Server Error"


def test_what_people_typed_is_escaped(get: Get) -> None:
    page = get("/news/?category=%3Cscript%3E").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("target", "status", "location"),
    [
        ("/about", 308, "http://localhost/about/"),
        ("/directory?department=design", 308, "http://localhost/directory/?department=design"),
        ("/directory/page/1", 308, "http://localhost/directory/"),
        ("/staff", 301, "/directory/"),
        ("/staff/list/berlin", 301, "/directory/"),
        ("/files", 308, "http://localhost/files/"),
    ],
)
def test_redirects_keep_flasks_status_and_location(get: Get, target: str, status: int, location: str) -> None:
    answer = get(target)
    assert (answer.status, answer.header("location")) == (status, location)
    assert "<title>Redirecting...</title>" in answer.text


@pytest.mark.parametrize("target", ["/login/", "/docs/", "/people/grace-schmidt/", "/About/"])
def test_a_slash_too_many_or_another_case_is_a_404(get: Get, target: str) -> None:
    assert get(target).status == 404


def test_slashes_in_a_row_become_one(sample: Sample, get: Get) -> None:
    answer = get("/news//x")
    host = "" if sample.way == "v2" else "http://localhost"  # where v2 may be asked, the door redirects
    assert (answer.status, answer.header("location")) == (308, f"{host}/news/x")


def test_the_theme_is_a_cookie_for_a_year(get: Get) -> None:
    answer = get("/theme/dark?next=/news/")
    assert (answer.status, answer.header("location")) == (302, "/news/")
    cookie = answer.header("set-cookie") or ""
    assert re.fullmatch(r"theme=dark; Expires=[^;]+ GMT; Max-Age=31536000; Path=/; SameSite=Lax", cookie)


def test_the_theme_cookie_is_obeyed(get: Get) -> None:
    assert 'data-theme="dark"' in get("/about/", Cookie="theme=dark").text
    assert 'data-theme="light"' in get("/about/", Cookie="theme=neon").text
    assert 'data-theme="light"' in get("/about/", Cookie="theme=light; theme=dark").text


def test_a_theme_that_is_none_is_a_404(get: Get) -> None:
    assert get("/theme/neon").status == 404


def test_a_theme_never_leads_to_another_site(get: Get) -> None:
    assert get("/theme/dark?next=//evil.example/").header("location") == "/"


def test_plain_text_is_plain_text(get: Get) -> None:
    answer = get("/robots.txt")
    assert answer.header("content-type") == "text/plain; charset=utf-8"
    assert answer.body == b"User-agent: *\nDisallow: /\n"


def test_the_applications_own_description_is_its_own(get: Get) -> None:
    spec = get("/openapi.json").json()
    assert spec["openapi"] == "3.0.3"
    assert spec["info"]["title"] == "Staff directory"
    operation = spec["paths"]["/employee/{id}"]["get"]
    assert operation["summary"] == "Show an employee by number."
    assert operation["parameters"][0]["schema"] == {"type": "integer", "minimum": 0}
    assert "first_name" in spec["components"]["schemas"]["Employee"]["properties"]


def test_the_docs_page_lists_the_paths(get: Get) -> None:
    page = get("/docs").text
    for path in ("/employee/{id}", "/articles", "/webhooks/strapi", "/api/files/checksum"):
        assert f"<code>{path}</code>" in page


def test_health_names_its_checks(get: Get) -> None:
    answer = get("/health")
    assert answer.json() == {
        "status": "ok",
        "checks": {"database": "ok", "cache": "memory"},
        "version": "4.12.3",
    }


def test_a_post_to_a_page_needs_a_token_first(client: Client) -> None:
    """CSRF protection runs before the URL's method is known to be wrong: unknown paths are not its business."""
    assert client.request("POST", "/about/").status == 405
    assert client.request("POST", "/no/such/page").status == 404
