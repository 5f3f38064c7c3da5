"""What a browser adds to a client: cookies, forms with their CSRF token, following redirects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from tests.sample.client import Answer, Client

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
USER_AGENT = "SampleBrowser/1.0"
BOUNDARY = "----SampleBoundary7MA4YWxk"


class Browser:
    """A client with a cookie jar. The jar is a plain dictionary, so that tests may read and change it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.cookies: dict[str, str] = {}

    def request(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        lines = {"User-Agent": USER_AGENT, **(headers or {})}
        if self.cookies:
            lines["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.client.request(method, target, lines, body)
        self._keep(answer.all("set-cookie"))
        return answer

    def get(self, target: str) -> Answer:
        return self.request("GET", target)

    def follow(self, answer: Answer) -> Answer:
        """The page that a redirect leads to."""
        assert answer.status in {301, 302, 303, 308}, answer
        location = answer.header("location")
        assert location is not None
        return self.get(location)

    def token(self, page: str) -> str:
        """The CSRF token in a page's form."""
        found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', self.get(page).text)
        assert found is not None, f"{page} has no form"
        return found[1]

    def submit(self, page: str, action: str | None = None, **fields: str) -> Answer:
        """Post the form of a page, with its token."""
        body = urlencode({"csrf_token": self.token(page), **fields}).encode()
        return self.request("POST", action or page, FORM, body)

    def log_in(self, *who: str, **fields: str) -> Answer:
        """Log in as the demo user, or as (e-mail, password)."""
        email, password = who or ("demo@example.com", "demo")
        return self.submit("/login", **{"email": email, "password": password, **fields})

    def _keep(self, lines: Iterable[str]) -> None:
        for line in lines:
            pair, _, attributes = line.partition(";")
            name, _, value = pair.partition("=")
            if "max-age=0" in attributes.lower() or "expires=thu, 01 jan 1970" in attributes.lower():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value


def multipart(*parts: tuple[str, str | None, str | None, bytes]) -> tuple[dict[str, str], bytes]:
    """(headers, body) of a form; a part is (field, file name or None, content type or None, content)."""
    body = b""
    for field, filename, content_type, content in parts:
        disposition = f'form-data; name="{field}"' + (f'; filename="{filename}"' if filename is not None else "")
        kind = f"Content-Type: {content_type}\r\n" if content_type else ""
        body += f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n{kind}\r\n".encode() + content + b"\r\n"
    body += f"--{BOUNDARY}--\r\n".encode()
    return {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}, body
