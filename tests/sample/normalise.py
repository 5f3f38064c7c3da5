"""What may differ between two answers to the same request, and nothing else.

Left out, since the server owns them: `Date`, `Server`, and the headers of the connection (`Connection`, `Keep-Alive`,
`Transfer-Encoding`); and the reason phrase, which ASGI has no word for and RFC 9112 no meaning.
Left out, since the gateway names a request that has no name: an echoed `X-Request-ID` of the gateway's making.
Made equal, since they are random or the time, and only where they are found to be exactly that:

- a moment of the replay (an HTTP date between its start and now, or as much later as a cookie lives) becomes `<now>`;
- a session cookie is opened with the secret, which proves its signature, and becomes its content in plain text;
- a form's CSRF token is opened likewise and becomes `<csrf>`;
- a JWT is verified and becomes its claims.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from time import time
from typing import Any

import jwt
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from tests.sample.client import Answer

OF_THE_SERVER = {"date", "server", "connection", "keep-alive", "transfer-encoding"}
HTTP_DATE = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT")
SESSION = re.compile(r"\A(session=)([^;]+)")
CSRF = re.compile(r'(name="csrf_token" type="hidden" value=")([^"]+)(")')
JWT = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+")
LIFETIMES = [timedelta(days) for days in (0, 1, 30, 365)]  # of now, the favicon, remember_token, theme
SLACK = 1.0  # HTTP dates are cut to the second
GIVEN_ID = re.compile(r"[0-9a-f]{12}-[0-9a-f]+")
RANDOM_CLAIMS = ("exp", "iat", "jti", "nbf")


@dataclass(frozen=True)
class Normaliser:
    """Makes answers of servers with these secrets comparable. `start` is when the replay began, in seconds."""

    secret: str
    jwt_secret: str
    start: float

    def __call__(self, answer: Answer) -> dict[str, Any]:
        """The answer as plain values: status, header lines in order, body."""
        lines = [(name.lower(), value) for name, value in answer.headers if name.lower() not in OF_THE_SERVER]
        headers = [(name, self._header(name, value)) for name, value in lines if not _is_given_id(name, value)]
        return {"status": answer.status, "headers": headers, "body": self._body(answer)}

    def _header(self, name: str, value: str) -> str:
        if name == "set-cookie":
            value = SESSION.sub(lambda found: found[1] + self.session(found[2]), value)
        return HTTP_DATE.sub(self._moment, value)

    def _body(self, answer: Answer) -> bytes:
        kind = (answer.all("content-type") or [""])[0]
        if kind.startswith("text/html"):
            return CSRF.sub(lambda found: found[1] + self.csrf(found[2]) + found[3], answer.text).encode()
        if kind == "application/json":
            text = JWT.sub(lambda found: self.claims(found[0]), answer.text)
            return HTTP_DATE.sub(self._moment, text).encode()
        return answer.body

    def _moment(self, found: re.Match[str]) -> str:
        moment = parsedate_to_datetime(found[0])
        now = time()
        for lifetime in LIFETIMES:
            if self.start - SLACK <= (moment - lifetime).timestamp() <= now:
                return f"<now+{lifetime.days}d>"
        return found[0]

    def session(self, cookie: str) -> str:
        """The content of a session cookie, its CSRF token reduced to `<random>`, its moments to `<now>`."""
        app = Flask("reader")
        app.secret_key = self.secret
        serializer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert serializer is not None
        content = dict(serializer.loads(cookie))
        if "csrf_token" in content:
            assert re.fullmatch(r"[0-9a-f]{40}", content["csrf_token"])
            content["csrf_token"] = "<random>"
        if "since" in content:
            content["since"] = "<now+0d>" if self.start - SLACK <= content["since"].timestamp() <= time() else "?"
        return json.dumps(content, sort_keys=True, default=str)

    def csrf(self, token: str) -> str:
        """`<csrf>` for a token that this secret signed."""
        serializer = URLSafeTimedSerializer(self.secret, salt="wtf-csrf-token")
        assert re.fullmatch(r"[0-9a-f]{40}", serializer.loads(token, max_age=3600))
        return "<csrf>"

    def claims(self, token: str) -> str:
        """A token's claims in plain text, its number and its moments left out."""
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(token, self.jwt_secret, ["HS256"])
        assert set(RANDOM_CLAIMS) <= set(claims)
        lifetime = claims["exp"] - claims["iat"]
        rest = {name: value for name, value in claims.items() if name not in {*RANDOM_CLAIMS, "csrf"}}
        return repr({"header": header, "claims": rest, "lifetime": lifetime, "names": list(claims)})


def _is_given_id(name: str, value: str) -> bool:
    return name == "x-request-id" and GIVEN_ID.fullmatch(value) is not None
