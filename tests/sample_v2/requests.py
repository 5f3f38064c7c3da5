"""Some hundred requests for the migrated routes, the same at every run: usual ones, and clients' mistakes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from urllib.parse import quote, urlencode

Request = tuple[str, str, dict[str, str]]

DEPARTMENTS = ("design", "engineering", "people", "support", "nowhere", "", "Design", "a&b=c", "Zürich")
SORTS = (
    "id",
    "last_name",
    "hired_on",
    "salary",
    "rating",
    "-id",
    "-salary",
    "-rating",
    "--rating",
    "",
    "-",
    "name",
    "ID",
)
PAGES = (
    "1",
    "2",
    "3",
    "16",
    "17",
    "0",
    "-1",
    "abc",
    "",
    "1.0",
    "1_0",
    " 2",
    "+2",
    "%2B2",
    "٢",
    "9999999999999999999999",
)
SIZES = ("1", "3", "20", "100", "101", "1000", "0", "-5", "x", "")
REMOTES = ("1", "0", "false", "", "x")
CATEGORIES = ("company", "engineering", "events", "people", "product", "", "none", "é", "a:b", "*")
NUMBERS = ("1", "12", "320", "321", "0", "007", "2147483647", "2147483648", "99999999999999999999", "٣", "%D9%A1%D9%A2")
SLUGS = (
    "nobody",
    "-5",
    "1.0",
    "1_000",
    "x y",
    "it's",
    'say "hi"',
    "Zoë",
    "a%2Bb",
    "%FF",
    "%00",
    "%0A",
    "1e3",
    "+1",
    "NADIA-ABEL",
)
ORIGINS = ("http://localhost:3000", "HTTP://LOCALHOST:3000", "http://evil.example", "null", "")
WRONG = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")


def employee_lists(chance: random.Random) -> Iterator[Request]:
    for _ in range(160):
        arguments = []
        for name, values in (("department", DEPARTMENTS), ("sort", SORTS), ("page", PAGES), ("remote", REMOTES)):
            arguments += [(name, chance.choice(values)) for _ in range(chance.choice((0, 0, 1, 1, 2)))]
        if chance.random() < 0.7:
            arguments.append(("per_page", chance.choice(SIZES)))
        chance.shuffle(arguments)
        yield chance.choice(("GET", "GET", "GET", "HEAD")), f"/employees?{urlencode(arguments)}", {}
    for query in (
        "page=2&x=%FF",
        "x=%C3%A9&page=3",
        "page",
        "page=%32",
        "&&&",
        "page=2;per_page=3",
        "a+b=c+d&page=2",
        "%FF=1&page=2",
    ):
        yield "GET", f"/employees?{query}", {}
    yield "GET", "/employees", {}
    yield "GET", "/employees/", {}


def employees(chance: random.Random) -> Iterator[Request]:
    for number in (*NUMBERS, *map(str, chance.sample(range(1, 321), 40))):
        yield chance.choice(("GET", "GET", "HEAD")), f"/employee/{quote(number, safe='%')}", {}
    for slug in SLUGS:
        yield "GET", f"/employee/{quote(slug, safe='%')}", {}
        yield "GET", f"/articles/{quote(slug, safe='%')}", {}


def articles(chance: random.Random) -> Iterator[Request]:
    for _ in range(70):
        arguments = []
        for name, values in (("category", CATEGORIES), ("limit", (*SIZES, "7")), ("start", (*PAGES, "230", "1000001"))):
            arguments += [(name, chance.choice(values)) for _ in range(chance.choice((0, 1, 1, 2)))]
        yield chance.choice(("GET", "GET", "GET", "HEAD")), f"/articles?{urlencode(arguments)}", {}
    yield "GET", "/articles", {}
    yield "GET", "/articles/", {}


def operations(_chance: random.Random) -> Iterator[Request]:
    for method in ("GET", "HEAD"):
        for path in ("/health", "/aggregate", "/aggregate?city=Paris", "/auth/whoami", "/health/", "/health?x=1"):
            yield method, path, {}
    for value in ("", "x", "a" * 100, "a" * 101, "é"):
        yield "GET", "/health", {"X-Request-ID": value}
        yield "GET", "/employee/nobody", {"X-Request-ID": value}


def wrong_methods(_chance: random.Random) -> Iterator[Request]:
    paths = ("/employee/nobody", "/articles", "/articles/nothing", "/aggregate", "/health", "/auth/whoami")
    for path in paths:
        for method in WRONG:
            yield method, path, {}
    for method in WRONG:
        yield method, "/employees", {}
        yield method, "/employee/1", {}
        yield method, "/employee/%D9%A3", {}
    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
        yield method, "/webhooks/strapi", {}
    for method in ("GET", "POST", "OPTIONS"):
        yield method, "/employee/1/nothing", {}


def cross_origin(_chance: random.Random) -> Iterator[Request]:
    for path in ("/employees?per_page=1", "/employee/1", "/articles?limit=1", "/aggregate", "/auth/whoami", "/health"):
        for origin in ORIGINS:
            yield "GET", path, {"Origin": origin}
            yield "OPTIONS", path, {"Origin": origin}
            for wanted in ("GET", "put", "E, G", "BREW", ""):
                asked = {"Origin": origin, "Access-Control-Request-Method": wanted}
                yield "OPTIONS", path, asked
                yield "OPTIONS", path, {**asked, "Access-Control-Request-Headers": "X-B, x-a,X-A"}
        yield "GET", path, {"Origin": ORIGINS[0], "Access-Control-Request-Private-Network": "true"}


def site(_chance: random.Random) -> Iterator[Request]:
    paths = (
        *("/robots.txt", "/favicon.ico", "/static/site.css", "/static/", "/static/nothing", "/debug/error"),
        *("/api/debug/error", "/downloads/handbook.txt", "/downloads/policies/travel.txt", "/downloads/policies"),
        *("/downloads/nothing", "/downloads/%2e%2e/app.py", "/theme/dark", "/theme/light?next=/about/"),
        *("/theme/dark?next=//evil.example", "/theme/dark?next=/a%20b%C3%A9", "/theme/dark?next="),
        *("/export/employees.csv", "/export/employees.csv?department=design", "/export/employees.csv?department=x"),
        *("/events", "/events?count=2", "/events?count=x", "/events?count=999", "/events?count=-1"),
    )
    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS"):
            yield method, path, {}
    for path in ("/downloads/nothing", "/debug/error", "/static/nothing"):
        yield "GET", path, {"Accept": "application/json"}
    for last in ("3", "100", "x", "", "-1"):
        yield "GET", "/events", {"Last-Event-ID": last}


def programs(_chance: random.Random) -> Iterator[Request]:
    paths = ("/data/1", "/data/99999999999", "/data/%D9%A3", "/api/jobs/0", "/api/jobs/%D9%A3", "/api/jobs/4294967296")
    audit = ("/api/audit", "/api/audit?limit=0", "/api/audit?limit=x", "/api/audit?limit=999")
    for key in ("sample-v2-api-key", "wrong", "", "sample-v2-api-key\u00e9"):
        headers = {"X-Api-Key": key}
        for path in (*paths, *audit, "/api/files/00000000-0000-0000-0000-000000000000"):
            yield "GET", path, headers
            yield "HEAD", path, headers
        yield "DELETE", "/api/files/00000000-0000-0000-0000-000000000000", headers
    for path in (*paths, *audit, "/data", "/api/jobs", "/api/files", "/api/files/checksum"):
        yield "GET", path, {"Origin": "http://localhost:3000"}
        yield "OPTIONS", path, {}
        yield "OPTIONS", path, {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}


def pages(chance: random.Random) -> Iterator[Request]:
    paths = (
        *("/", "/about/", "/about", "/directory/", "/directory", "/directory/?department=design"),
        *("/directory/?department=", "/directory/?department=nowhere", "/directory/page/1", "/directory/page/01"),
        *("/directory/page/2", "/directory/page/2?department=design", "/directory/page/0", "/directory/page/17"),
        *("/directory/page/-1", "/directory/page/x", "/directory/page/2/", "/people/grace-schmidt", "/people/nobody"),
        *("/people/Zo%C3%AB", "/people/x%3Cb%3E", "/people/", "/news/", "/news", "/news/?start=12", "/news/?start=-5"),
        *("/news/?start=x", "/news/?category=people", "/news/?category=%3Cb%3E&start=2", "/news/nothing", "/docs"),
        *("/openapi.json", "/docs/", "/staff", "/staff/a/b?c=d", "/staff/", "/export/directory.json", "/no/such/page"),
        *("/account?tab=1", "/account/security", "/files/", "/files", "/logout", "/whoami", "/employee/me"),
    )
    for path in paths:
        # Flask redirects to the short path of a rule's defaults before it looks at the method; compat looks first.
        for method in ("GET", "HEAD") if path.endswith("1") else ("GET", "HEAD", "OPTIONS"):
            yield method, path, {}
        yield "GET", path, {"Cookie": "theme=dark", "Accept": "application/json"}
    for theme in ("light", "neon", "", '"dark"', "light; theme=dark"):
        yield "GET", "/about/", {"Cookie": f"theme={theme}"}
    for path in ("/login", "/logout", "/account", "/files/", "/about/", "/people/x"):
        for method in ("POST", "PUT", "DELETE"):
            yield method, path, {}
    for slug in chance.sample(("grace-schmidt", "anton-jensen", "nadia-abel", "viktor-lang"), 2):
        yield "GET", f"/people/{slug}", {}


def directories(chance: random.Random) -> Iterator[Request]:
    for query in (
        "q=an",
        "q=",
        "q=an&limit=0",
        "q=an&limit=x",
        "q=an&limit=3.0",
        "q=el&q=an",
        "limit=3",
        "q=a%FFb",
        "q=%25",
    ):
        yield chance.choice(("GET", "HEAD")), f"/employees/search?{query}", {}
    for minimum in ("4.5", "4", "0.0", "-1.0", "1e3", "4.50", "nan", "high", "\u0664.\u0665", "99999.9"):
        yield "GET", f"/employees/rated/{quote(minimum)}", {}
    for number in (*NUMBERS, "abc", "1.0", "-1"):
        yield "GET", f"/employee/{quote(number, safe='%')}/reports", {}
    yield "GET", "/departments", {}
    basic = ("ZGVtb0BleGFtcGxlLmNvbTpkZW1v", "ZWRpdG9yQGV4YW1wbGUuY29tOmVkaXRvcg==", "ZGVtbzpkZW1v", "Og==", "!!!", "")
    for value in (*(f"Basic {one}" for one in basic), f"basic {basic[0]}", "Basic", "Bearer x", ""):
        yield "GET", "/payroll", {"Authorization": value}
    for method, path in (
        ("POST", "/employees"),
        ("PUT", "/employee/1"),
        ("PATCH", "/employee/1"),
        ("DELETE", "/employee/1"),
    ):
        yield method, path, {}
        yield method, path, {"Authorization": "Bearer x"}
        yield method, path, {"X-Api-Key": "wrong", "Content-Type": "application/json"}
    for method in ("PUT", "PATCH", "DELETE"):
        yield method, "/employee/99999999999", {"X-Api-Key": "sample-v2-api-key", "Content-Type": "application/json"}
        yield method, "/employee/abc", {"X-Api-Key": "sample-v2-api-key"}


AREAS = {
    "employee lists": employee_lists,
    "employees": employees,
    "articles": articles,
    "operations": operations,
    "wrong methods": wrong_methods,
    "cross-origin": cross_origin,
    "site": site,
    "programs": programs,
    "pages": pages,
    "directories": directories,
}


def generated(area: str) -> list[Request]:
    """The requests of an area, as the wire takes them."""
    return list(AREAS[area](random.Random(f"2019 {area}")))  # noqa: S311  reproducible, not secret
