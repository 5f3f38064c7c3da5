"""Every endpoint of the sample, asked in stories that may be told to any client and whose answers are compared.

A story starts where it finds the application and leaves it as it was, but for the ids that databases hand out.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.sample.browser import FORM, Browser, multipart
from tests.sample.client import Answer, Client, Headers

JSON = {"Content-Type": "application/json"}
ORIGIN = {"Origin": "http://localhost:3000"}
NEWCOMER = {
    "first_name": "Renée",
    "last_name": "Record",
    "email": "renee.record@example.com",
    "title": "Archivist",
    "department": "legal",
    "salary": 4000.1,
    "hired_on": "2025-03-01",
}


@dataclass
class Recorder:
    """A client that keeps what was asked and answered."""

    client: Client
    api_key: str
    webhook_secret: str
    tape: list[tuple[str, Answer]] = field(default_factory=list)

    @property
    def key(self) -> dict[str, str]:
        return {"X-Api-Key": self.api_key}

    def request(self, method: str, target: str, headers: Headers | None = None, body: bytes | None = None) -> Answer:
        return self._keep(method, target, self.client.request(method, target, headers or {}, body))

    def prefix(self, method: str, target: str, headers: Headers, size: int) -> Answer:
        return self._keep(method, target, self.client.prefix(method, target, headers, size))

    def upload(self, method: str, target: str, headers: Headers, chunks: Iterable[bytes]) -> Answer:
        return self._keep(method, target, self.client.upload(method, target, headers, chunks))

    def get(self, target: str, **headers: str) -> Answer:
        return self.request("GET", target, {name.replace("_", "-"): value for name, value in headers.items()})

    def send(self, method: str, target: str, payload: object, headers: Headers | None = None) -> Answer:
        return self.request(method, target, {**JSON, **(headers or {})}, json.dumps(payload).encode())

    def _keep(self, method: str, target: str, answer: Answer) -> Answer:
        self.tape.append((f"{method} {target}", answer))
        return answer


def reading_the_directory(tell: Recorder) -> None:
    for target in (
        "/employees",
        "/employees?department=design&per_page=5&page=2&sort=-salary",
        "/employees?remote=false&sort=rating",
        "/employees?page=abc&per_page=1000",
        "/employees?department=none",
        "/employees?page=99",
        "/employees?sort=shoe-size",
        "/employees/search?q=m%C3%BC",
        "/employees/search?q=%FF",
        "/employees/search",
        "/employees/rated/4.9",
        "/employees/rated/4",
        "/employee/1",
        "/employee/grace-schmidt",
        "/employee/4711",
        "/employee/-1",
        "/employee/%C3%BC",
        "/employee/me",
        "/employee/3/reports",
        "/departments",
        "/export/employees.csv?department=legal",
        "/export/employees.csv",
    ):
        tell.get(target)
        tell.request("HEAD", target)


def changing_the_directory(tell: Recorder) -> None:
    tell.send("POST", "/employees", NEWCOMER)
    tell.send("POST", "/employees", {**NEWCOMER, "salary": "x", "shoe": 44}, tell.key)
    tell.request("POST", "/employees", {**tell.key, **JSON}, b"{")
    tell.request("POST", "/employees", tell.key, b"{}")
    created = tell.send("POST", "/employees", NEWCOMER, tell.key)
    url = created.header("location") or ""
    tell.send("POST", "/employees", NEWCOMER, tell.key)
    tell.get(url)
    tell.send(
        "PATCH", url, {"salary": "4100.55", "left_on": "2026-01-31", "last_review_at": "2025-06-01T12:00:00"}, tell.key
    )
    tell.send("PUT", url, {**NEWCOMER, "title": "Head of Archives"}, tell.key)
    tell.send("PUT", url, {}, tell.key)
    tell.get("/employees/search?q=Record")
    tell.request("DELETE", url)
    tell.request("DELETE", url, tell.key)
    tell.request("DELETE", url, tell.key)
    tell.get("/api/audit?limit=8", X_Api_Key=tell.api_key)
    tell.get("/api/audit")


def a_person_logs_in(tell: Recorder) -> None:
    browser = Browser(tell)
    browser.get("/account?tab=1")
    browser.get("/login?next=%2Faccount%3Ftab%3D1")
    browser.log_in(password="wrong")
    browser.log_in(password="")
    browser.request("POST", "/login", FORM, b"email=demo%40example.com&password=demo")
    browser.follow(browser.log_in(remember="y"))
    browser.get("/whoami")
    browser.get("/employee/me")
    browser.get("/people/grace-schmidt")
    browser.get("/people/anton-jensen")
    browser.get("/whoami")
    browser.get("/account/security")
    browser.follow(browser.submit("/account", name="Demo <Admin>"))
    browser.submit("/account", name="")
    browser.submit("/account", name="Demo Admin")
    session = browser.cookies.pop("session")
    browser.get("/whoami")
    browser.get("/account/security")
    browser.cookies["session"] = session[:-2] + "xx"
    browser.get("/whoami")
    browser.follow(browser.submit("/account", action="/logout"))
    browser.request("POST", "/logout", FORM, b"")
    browser.get("/whoami")


def a_program_logs_in(tell: Recorder) -> None:
    tell.send("POST", "/auth/login", {"email": "demo@example.com", "password": "wrong"})
    tell.send("POST", "/auth/login", ["demo"])
    tokens = tell.send("POST", "/auth/login", {"email": "demo@example.com", "password": "demo"}).json()
    access = {"Authorization": f"Bearer {tokens['access_token']}"}
    refresh = {"Authorization": f"Bearer {tokens['refresh_token']}"}
    for headers in (access, refresh, {}, {"Authorization": "Bearer x"}, {"Authorization": "Basic x"}):
        tell.request("GET", "/auth/whoami", headers)
        tell.request("PATCH", "/employee/1", {**headers, **JSON}, b'{"rating": 99}')
    tell.request("POST", "/auth/refresh", access)
    tell.request("POST", "/auth/refresh", refresh)
    tell.request("DELETE", "/auth/token", access)
    tell.request("GET", "/auth/whoami", access)
    for credentials in ("ZGVtb0BleGFtcGxlLmNvbTpkZW1v", "ZGVtbzpkZW1v", "!!!"):
        tell.get("/payroll", Authorization=f"Basic {credentials}")
    tell.get("/payroll")


def looking_at_pages(tell: Recorder) -> None:
    for target in (
        "/",
        "/about/",
        "/about",
        "/directory/",
        "/directory/page/1",
        "/directory/page/2?department=design",
        "/directory/page/99",
        "/people/nobody",
        "/news/",
        "/news/?category=%3Cb%3E",
        "/news/story-3",
        "/news/nothing",
        "/theme/dark?next=/about/",
        "/theme/pink",
        "/staff",
        "/staff/a/b?c=d",
        "/docs",
        "/openapi.json",
        "/robots.txt",
        "/health",
        "/debug/error",
        "/api/debug/error",
        "/redoc",
    ):
        tell.get(target)
        tell.request("HEAD", target)
    tell.get("/about/", Cookie="theme=dark")
    tell.get("/redoc", Accept="application/json")
    tell.get("/health", X_Request_ID="story-1")
    tell.get("/health", X_Request_ID="x" * 120)


def files_and_ranges(tell: Recorder) -> None:
    for target in ("/static/site.css", "/favicon.ico", "/downloads/handbook.txt", "/downloads/policies/travel.txt"):
        whole = tell.get(target)
        tell.request("HEAD", target)
        tell.get(target, If_None_Match=whole.header("etag") or "")
        tell.get(target, If_None_Match='"other"')
        tell.get(target, If_Modified_Since=whole.header("last-modified") or "")
        for value in ("bytes=0-9", "bytes=5-", "bytes=-5", "bytes=0-1,3-4", "bytes=9999-", "lines=1-2"):
            tell.get(target, Range=value)
        tell.get(target, Range="bytes=0-9", If_Range=whole.header("etag") or "")
        tell.get(target, Range="bytes=0-9", If_Range='"other"')
    for target in ("/static/nothing.css", "/static/../app.py", "/static/%2e%2e/app.py", "/downloads/..%2fapp.py"):
        tell.get(target)


def uploading(tell: Recorder) -> None:
    headers, body = multipart(
        ("name", None, None, "Übersicht.csv".encode()), ("file", "a.csv", "text/csv", b"a;b\n" * 9999)
    )
    tell.request("POST", "/api/files", headers, body)
    stored = tell.request("POST", "/api/files", {**tell.key, **headers}, body).json()
    again = tell.upload("POST", "/api/files", {**tell.key, **headers}, [body[:1000], body[1000:]])
    tell.get(f"/api/files/{stored['id']}")
    whole = tell.get(stored["url"])
    tell.get(f"{stored['url']}?inline", If_None_Match='"x"')
    tell.get(stored["url"], If_None_Match=whole.header("etag") or "")
    tell.get(stored["url"], Range="bytes=4-7")
    tell.request("DELETE", f"/api/files/{again.json()['id']}", tell.key)
    tell.get(stored["url"])
    wrong, exe = multipart(("file", "a.exe", None, b"MZ"))
    tell.request("POST", "/api/files", {**tell.key, **wrong}, exe)
    tell.request("POST", "/api/files", {**tell.key, **FORM}, b"file=a.txt")
    large, text = multipart(("name", None, None, b"n" * 600_000), ("file", "a.txt", None, b"x"))
    tell.request("POST", "/api/files", {**tell.key, **large}, text)
    tell.get("/files/not-a-uuid")
    tell.request("POST", "/api/files/checksum", {}, bytes(range(256)) * 500)
    tell.request("POST", "/api/files/checksum", {}, b"")
    tell.upload("POST", "/api/files/checksum", {}, [bytes(range(256)) * 100] * 5)
    browser = Browser(tell)
    browser.get("/files/")
    browser.log_in()
    token = browser.token("/files/")
    headers, body = multipart(("csrf_token", None, None, token.encode()), ("file", "", None, b""))
    browser.follow(browser.request("POST", "/files/", headers, body))


def streaming(tell: Recorder) -> None:
    tell.get("/events?count=3")
    tell.get("/events?count=3", Last_Event_ID="39")
    tell.prefix("GET", "/events/live?interval=0.05", {}, 150)
    book = tell.get("/export/directory.json")
    tell.get("/export/directory.json", If_None_Match=book.header("etag") or "")
    tell.request("HEAD", "/events?count=3")


def recording_data(tell: Recorder) -> None:
    for payload in (
        {"id": 5, "text": "ä"},
        {"id": 5, "text": "ö"},
        {"id": 5.0, "text": "x"},
        {"id": True, "text": ""},
        {"id": 5, "text": "x", "more": 1},
        {"id": 5, "text": "x" * 501},
        [],
    ):
        tell.send("POST", "/data", payload, tell.key)
    tell.send("POST", "/data", {"id": 5, "text": "x"})
    tell.request("POST", "/data", {**tell.key, **JSON}, b"")
    tell.request("POST", "/data", {**tell.key, "Content-Type": "text/plain"}, b"{}")
    tell.upload("POST", "/data", {**tell.key, **JSON}, [b'{"id": 6,', b'"text": "chunks"}'])
    for number in ("5", "7", "abc", str(2**70)):
        tell.get(f"/data/{number}", X_Api_Key=tell.api_key)


def reading_articles(tell: Recorder) -> None:
    for _ in range(2):
        tell.get("/articles")
        tell.get("/articles?category=people&limit=3&start=2")
        tell.get("/articles/story-3")
        tell.get("/articles/nothing")
    event = {"event": "entry.update", "model": "article", "entry": {"slug": "story-3", "category": "people"}}
    body = json.dumps(event).encode()
    signature = "sha256=" + hmac.new(tell.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
    tell.request("POST", "/webhooks/strapi", {**JSON, "X-Strapi-Signature": signature}, body)
    tell.request("POST", "/webhooks/strapi", {**JSON, "X-Strapi-Signature": signature}, body + b" ")
    tell.request("POST", "/webhooks/strapi", JSON, body)
    tell.get("/articles/story-3")
    tell.get("/aggregate?city=Krak%C3%B3w")
    tell.get("/aggregate?city=Errorville")
    tell.get("/aggregate?city=Garbletown")


def working_in_the_background(tell: Recorder) -> None:
    tell.send("POST", "/api/jobs", {"kind": "headcount"})
    tell.send("POST", "/api/jobs", {"kind": "other"}, tell.key)
    url = tell.send("POST", "/api/jobs", {"kind": "headcount"}, tell.key).header("location") or ""
    deadline = time.monotonic() + 10
    while tell.client.request("GET", url, tell.key).json()["status"] != "done" and time.monotonic() < deadline:
        time.sleep(0.02)
    tell.get(url, X_Api_Key=tell.api_key)
    tell.get("/api/jobs/4711", X_Api_Key=tell.api_key)


def asking_oddly(tell: Recorder) -> None:
    for target in ("/employee/1", "/employees", "/", "/login", "/data", "/events", "/no/such/page", "/static/site.css"):
        tell.request("OPTIONS", target)
        tell.request("OPTIONS", target, {**ORIGIN, "Access-Control-Request-Method": "PUT"})
        tell.request("PUT", target)
        tell.request("TRACE", target)
        tell.request("PROPFIND", target)
        tell.request("GET", target, ORIGIN)
    for target in (
        "/news//story-3",
        "//employee/1",
        "/employee//1",
        "/employee/%31",
        "/employee/1%2Freports",
        "/people/a%2Fb",
        "/./employee/1",
        "/employee/../health",
        "/employee/1;v=2",
        "/employee/1?",
        "/employee/1?x=%FF&x=%zz",
        "/EMPLOYEE/1",
        "/employee/%00",
        "/employee/caf%E9",
        "/employees?department=design&department=legal",
        "http://localhost/health",
    ):
        tell.get(target)
    tell.request("GET", "/employee/1", {"X_Api_Key": tell.api_key, "Accept-Encoding": "gzip", "Accept": "*/*;q=0.1"})
    tell.request("POST", "/about/")
    tell.request("GET", "/employee/1", {}, b"a body that nobody reads")


STORIES: tuple[Callable[[Recorder], None], ...] = (
    reading_the_directory,
    changing_the_directory,
    a_person_logs_in,
    a_program_logs_in,
    looking_at_pages,
    files_and_ranges,
    uploading,
    streaming,
    recording_data,
    reading_articles,
    working_in_the_background,
    asking_oddly,
)
