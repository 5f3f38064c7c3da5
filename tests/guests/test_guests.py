"""Flask applications that nobody here wrote, behind the gateway by `gateway init` and `gateway serve` alone.

Each runs twice, under gunicorn and behind the gateway, in an environment of its own (`.venv/guests`, made by
`make test`). The same requests go to both; what comes back is the same.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.sample.client import Answer, SocketClient

pytestmark = pytest.mark.timeout(180)

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv/guests/bin/python"
# What belongs to a connection or to a server, and is no part of an answer.
OF_THE_SERVER = {"date", "server", "connection", "transfer-encoding", "keep-alive"}

if not PYTHON.exists() and not os.environ.get("GATEWAY_TEST_REQUIRE_SERVICES"):
    pytest.skip("the guests' environment is made by `make test`", allow_module_level=True)


@dataclass
class Guest:
    """One way of serving an application, with a folder of its own."""

    client: SocketClient
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Answer:
        """Ask as a browser does: cookies are kept."""
        sent = {"X-Request-ID": "guest-test", **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.client.request(method, target, sent, body)
        for line in answer.all("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


def started(command: list[str], cwd: Path, env: dict[str, str], log: Path, fds: tuple[int, ...] = ()):
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            cwd=cwd,
            env={**inherited, "PYTHONHASHSEED": "0", "PYTHONUNBUFFERED": "1", **env},
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=fds,
        )


def wait_for(process: subprocess.Popen, log: Path, ready) -> None:
    deadline = time.monotonic() + 60
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args} did not start:\n{log.read_text()}")
        time.sleep(0.05)


def answers(client: SocketClient) -> bool:
    try:
        return client.request("GET", "/").status < 500
    except OSError:
        return False


@contextmanager
def ending(process: subprocess.Popen) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(45)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def natively(app: str, folder: Path, env: dict[str, str]) -> Iterator[Guest]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [str(PYTHON), "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}", "--threads", "8", app]
        process = started(command, folder, env, folder / "log", (listener.fileno(),))
        client = SocketClient(*listener.getsockname())
        with ending(process):
            wait_for(process, folder / "log", lambda: answers(client))
            yield Guest(client)


@contextmanager
def behind_the_gateway(app: str, folder: Path, env: dict[str, str]) -> Iterator[Guest]:
    """The two commands of a newcomer, and nothing else: no map is written by hand."""
    command = [str(PYTHON), "-m", "gateway"]
    init = started([*command, "init", app, "--v2", "newapp:app"], folder, env, folder / "init.log")
    assert init.wait(60) == 0, (folder / "init.log").read_text()
    log = folder / "log"
    process = started([*command, "serve", "--port", "0", "--console-port", "0"], folder, env, log)
    with ending(process):
        wait_for(process, log, lambda: re.search(r"^traffic +http://", log.read_text(), re.MULTILINE))
        port = int(re.findall(r"^traffic +http://127\.0\.0\.1:(\d+)", log.read_text(), re.MULTILINE)[0])
        client = SocketClient("127.0.0.1", port)
        wait_for(process, log, lambda: answers(client))
        yield Guest(client)


@contextmanager
def both(app: str, folder: Path, env) -> Iterator[tuple[Guest, Guest]]:
    """Native and behind the gateway. `env` gives each the environment for its own folder."""
    with ExitStack() as stack:
        guests = []
        for name, serve in (("native", natively), ("gateway", behind_the_gateway)):
            place = folder / name
            place.mkdir()
            guests.append(stack.enter_context(serve(app, place, env(place))))
        yield guests[0], guests[1]


def of_the_application(answer: Answer, volatile: tuple[str, ...] = ()) -> tuple:
    """Status, header lines in order and body, with what is new each time replaced by a mark."""

    def steady(text: str) -> str:
        for pattern in volatile:
            text = re.sub(pattern, "*", text)
        return text

    headers = [(name.lower(), steady(value)) for name, value in answer.headers if name.lower() not in OF_THE_SERVER]
    lengths = {"content-length"} if volatile else set()
    body = steady(answer.body.decode("latin-1")) if volatile else answer.body
    return answer.status, [line for line in headers if line[0] not in lengths], body


MULTIPART = (
    b'--edge\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
    b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    b"one\ntwo\n\r\n--edge--\r\n"
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HTTPBIN: list[tuple[str, str, dict[str, str], bytes | None]] = [
    ("GET", "/", {}, None),
    ("GET", "/get?a=1&a=2&b=%20%2F%C3%A9", {}, None),
    ("HEAD", "/get", {}, None),
    ("OPTIONS", "/get", {}, None),
    ("POST", "/get", {}, b""),
    ("GET", "/headers", {"X-Odd": "1", "Accept-Language": "de"}, None),
    ("GET", "/user-agent", {"User-Agent": "guest"}, None),
    ("GET", "/ip", {}, None),
    ("POST", "/post", FORM, b"a=1&a=2&b=%C3%A9"),
    ("POST", "/post", {"Content-Type": "application/json"}, b'{"a": [1, 2.0, null]}'),
    ("POST", "/post", {"Content-Type": "application/json"}, b'{"a": '),
    ("POST", "/post", {"Content-Type": "multipart/form-data; boundary=edge"}, MULTIPART),
    ("POST", "/post", {"Content-Type": "application/octet-stream"}, bytes(range(256)) * 400),
    ("PUT", "/put", {}, b"x"),
    ("PATCH", "/patch", {}, b"x"),
    ("DELETE", "/delete?x=1", {}, None),
    ("PROPFIND", "/anything/x", {}, None),
    ("TRACE", "/anything", {}, None),
    ("GET", "/anything/a%2Fb/%25/c%20d", {}, None),
    ("GET", "/anything//double", {}, None),
    ("GET", "/anything/../up", {}, None),
    ("GET", "/%67et", {}, None),
    ("GET", "/gzip", {}, None),
    ("GET", "/deflate", {}, None),
    ("GET", "/brotli", {}, None),
    ("GET", "/encoding/utf8", {}, None),
    ("GET", "/html", {}, None),
    ("GET", "/xml", {}, None),
    ("GET", "/robots.txt", {}, None),
    ("GET", "/image/png", {}, None),
    ("GET", "/image", {"Accept": "image/webp"}, None),
    ("GET", "/status/418", {}, None),
    ("GET", "/status/204", {}, None),
    ("GET", "/status/304", {}, None),
    ("GET", "/status/500", {}, None),
    ("GET", "/redirect/3", {}, None),
    ("GET", "/absolute-redirect/2", {}, None),
    ("GET", "/redirect-to?url=https%3A%2F%2Fexample.com%2F&status_code=307", {}, None),
    ("GET", "/response-headers?X-A=1&X-A=2&Cache-Control=private", {}, None),
    ("GET", "/cookies/set?one=1&two=2", {}, None),
    ("GET", "/cookies", {"Cookie": "one=1; two=2"}, None),
    ("GET", "/basic-auth/u/p", {}, None),
    ("GET", "/basic-auth/u/p", {"Authorization": "Basic dTpw"}, None),
    ("GET", "/bearer", {"Authorization": "Bearer t"}, None),
    ("GET", "/etag/abc", {}, None),
    ("GET", "/etag/abc", {"If-None-Match": "abc"}, None),
    ("GET", "/cache/60", {}, None),
    ("GET", "/range/1000", {"Range": "bytes=10-99"}, None),
    ("GET", "/range/1000", {"Range": "bytes=5000-"}, None),
    ("GET", "/stream/5", {}, None),
    ("GET", "/stream-bytes/30000?seed=7&chunk_size=1000", {}, None),
    ("GET", "/bytes/20000?seed=7", {}, None),
    ("GET", "/drip?numbytes=5&duration=0&code=200", {}, None),
    ("GET", "/links/5/0", {}, None),
    ("GET", "/base64/aGVsbG8%3D", {}, None),
    ("GET", "/static/favicon.ico", {}, None),
    ("GET", "/no/such/page", {}, None),
]


def test_httpbin_answers_byte_for_byte_as_under_gunicorn(tmp_path: Path) -> None:
    """httpbin: forms, streaming, cookies, redirects, conditional and range requests, every method."""
    with both("httpbin:app", tmp_path, lambda _: {}) as (native, gateway):
        for method, target, headers, body in HTTPBIN:
            asked = {"Host": "guest.test", **headers}
            one, two = (
                of_the_application(guest.client.request(method, target, {"X-Request-ID": "g", **asked}, body))
                for guest in (native, gateway)
            )
            assert two == one, (method, target)


VOLATILE = (
    r"\d{10}\.\d+-\d+-\d+",  # ETags of files, from their time
    r"[0-9a-f]{40}\b",  # commits
    r"I[\w-]{40,}\.[\w-]{4,}\.[\w-]{20,}",  # CSRF tokens
    r"\b[0-9a-f]{6,8}\b",
    r"session=[^;]+",
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?",
    r"\d\d? \w{3} \d{4} \d{2}:\d{2}(:\d{2})?",
    r"\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT",
    r"just now| ?(\d+ (second|minute|sec|min)s? )*ago\b",
)


def wiki(folder: Path) -> dict[str, str]:
    """A wiki's environment: a fresh git repository, a fresh database, open registration."""
    repository = folder / "repository"
    subprocess.run(["git", "init", "-q", str(repository)], check=True, timeout=30)
    return {
        "REPOSITORY": str(repository),
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'wiki.sqlite'}",
        "SECRET_KEY": "a-secret-of-the-test",
        "READ_ACCESS": "ANONYMOUS",
        "WRITE_ACCESS": "REGISTERED",
        "ATTACHMENT_ACCESS": "REGISTERED",
        "AUTO_APPROVAL": "True",
        "EMAIL_NEEDS_CONFIRMATION": "False",
        "GIT_AUTHOR_NAME": "guest",
        "GIT_COMMITTER_NAME": "guest",
        "GIT_AUTHOR_EMAIL": "guest@example.com",
        "GIT_COMMITTER_EMAIL": "guest@example.com",
    }


def form(page: Answer, **fields: str) -> bytes:
    """The fields, with the page's CSRF token if it has one."""
    from urllib.parse import urlencode  # noqa: PLC0415 - used here alone

    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    return urlencode({**({"csrf_token": token[1]} if token else {}), **fields}).encode()


def a_visit(guest: Guest) -> list[tuple]:
    """Register, log in, write a page, attach a file, look at the history, log out: session, CSRF, forms, upload."""
    seen: list[Answer] = []

    def ask(method: str, target: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Answer:
        seen.append(guest.ask(method, target, {"Host": "wiki.test", **(headers or {})}, body))
        return seen[-1]

    def post(target: str, page: Answer, **fields: str) -> Answer:
        return ask("POST", target, FORM, form(page, **fields))

    ask("GET", "/")
    ask("GET", "/Home/edit")
    page = ask("GET", "/-/register")
    post("/-/register", page, email="a@example.com", name="Ada", password1="p4ssword!", password2="p4ssword!")
    page = ask("GET", "/-/login")
    post("/-/login", page, email="a@example.com", password="wrong")
    post("/-/login", page, email="a@example.com", password="p4ssword!", remember="y")
    ask("GET", "/")
    page = ask("GET", "/Gateway/edit")
    post("/Gateway/save", page, content="# Gateway\n\nWritten *once*.", commit="first")
    ask("GET", "/Gateway")
    ask("GET", "/Gateway/source/raw")
    page = ask("GET", "/Gateway/attachments")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    parts = [f'--edge\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token[1]}\r\n'] if token else []
    parts.append(
        '--edge\r\nContent-Disposition: form-data; name="file"; filename="note.txt"\r\n'
        "Content-Type: text/plain\r\n\r\nattached\r\n--edge--\r\n"
    )
    upload = {"Content-Type": "multipart/form-data; boundary=edge"}
    ask("POST", "/Gateway/attachments", upload, "".join(parts).encode())
    ask("GET", "/Gateway/a/note.txt")
    ask("GET", "/Gateway/history")
    ask("GET", "/-/changelog")
    ask("GET", "/-/search?query=Written")
    ask("GET", "/static/css/otterwiki.css")
    ask("GET", "/static/css/otterwiki.css", {"Range": "bytes=0-99"})
    ask("GET", "/no/such/page")
    ask("GET", "/-/logout")
    ask("GET", "/Gateway/edit")
    return [of_the_application(answer, VOLATILE) for answer in seen]


def test_a_wiki_is_written_and_read_as_under_gunicorn(tmp_path: Path) -> None:
    """An Otter Wiki: sessions, remember-me, CSRF forms, flashes, uploads, git behind it."""
    with both("otterwiki.server:app", tmp_path, wiki) as (native, gateway):
        expected, got = a_visit(native), a_visit(gateway)
        for number, (one, two) in enumerate(zip(expected, got, strict=True)):
            assert two == one, f"step {number}"
        assert any(status == 302 for status, *_ in got)
        assert any("Written" in body for _, _, body in got)
