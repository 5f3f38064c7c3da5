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
    for method in ("DELETE", "PUT", "OPTIONS", "TRACE"):
        yield method, "/employees", {}  # POST is legacy's
    for method in ("POST", "OPTIONS", "TRACE"):
        yield method, "/employee/1", {}  # PUT, PATCH and DELETE are legacy's
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


AREAS = {
    "employee lists": employee_lists,
    "employees": employees,
    "articles": articles,
    "operations": operations,
    "wrong methods": wrong_methods,
    "cross-origin": cross_origin,
}


def generated(area: str) -> list[Request]:
    """The requests of an area, as the wire takes them."""
    return list(AREAS[area](random.Random(f"2019 {area}")))  # noqa: S311  reproducible, not secret
