"""Who may ask the console for what. Pure: headers in, a decision out.

- `/healthz` and `/readyz` are open wherever the console is bound: probes carry no secrets.
- Reading is open on loopback. Elsewhere it needs a token, the operator's or the read-only one, or a browser's session.
- Changing needs the operator's token, sent with the request: a session is a cookie, and a browser sends cookies along
  with what other sites ask for.
- The Host must be an address, `localhost` or a name that was configured: a web page whose name was made to point here
  (DNS rebinding) cannot send another.
- What a browser sends for another site's page (`Origin`, `Sec-Fetch-Site`) changes nothing, whatever it carries.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from http import HTTPStatus
from urllib.parse import urlsplit

from gateway.console.refusals import Denied

Headers = list[tuple[bytes, bytes]]
"""Header lines as ASGI has them: names in lower case, in order, repeats kept."""

_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")
_SCHEME = b"bearer "
_OWN_SITES = {b"same-origin", b"none"}


class Access(Enum):
    """What an endpoint asks of its caller."""

    OPEN = auto()
    READ = auto()
    CHANGE = auto()


class Role(StrEnum):
    """What a token stands for."""

    READER = "reader"
    OPERATOR = "operator"


NO_TOKEN = Denied(
    HTTPStatus.FORBIDDEN,
    "token_not_configured",
    "changing anything needs a token: start the gateway with GATEWAY_TOKEN or GATEWAY_TOKEN_FILE",
)
WRONG_TOKEN = Denied(
    HTTPStatus.UNAUTHORIZED,
    "token_wrong",
    "send `Authorization: Bearer <the console's token>`",
    headers={"WWW-Authenticate": "Bearer"},
)
READ_ONLY = Denied(
    HTTPStatus.FORBIDDEN,
    "token_read_only",
    "this token may only read; the operator's, GATEWAY_TOKEN, may change things",
)
SESSION_ONLY = Denied(
    HTTPStatus.FORBIDDEN,
    "session_only",
    "a session is for reading; send `Authorization: Bearer <the operator's token>` to change something",
)
FOREIGN = Denied(
    HTTPStatus.FORBIDDEN, "origin_foreign", "this was sent for a page of another site; use the console's own pages"
)
WRONG_HOST = Denied(
    HTTPStatus.MISDIRECTED_REQUEST,
    "host_unknown",
    "ask by address or as localhost, or name this host in GATEWAY_CONSOLE_NAMES",
)


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules of one console. A token that is not configured is empty; `names` are hosts beside addresses."""

    token: str = field(repr=False)
    loopback: bool
    names: frozenset[str] = frozenset()
    read_token: str = field(default="", repr=False)

    def deny(self, access: Access, headers: Headers, session: Role | None = None) -> Denied | None:
        """Why the request may not be answered; None when it may. Never raises, whatever the headers hold.

        `session` is the role that the request's cookie stands for.
        """
        match access:
            case Access.OPEN:
                return None
            case Access.READ:
                if self.loopback or session is not None or self.role_of(headers) is not None:
                    return None
                return WRONG_TOKEN if self.token or self.read_token else NO_TOKEN
            case Access.CHANGE:
                return self._deny_change(headers, session)

    def role_of(self, headers: Headers) -> Role | None:
        """What the bearer's token stands for; None without exactly one Authorization header with a known token."""
        given = _values(headers, b"authorization")
        if len(given) != 1 or given[0][: len(_SCHEME)].lower() != _SCHEME:
            return None
        return self.role_of_token(given[0][len(_SCHEME) :])

    def role_of_token(self, token: bytes) -> Role | None:
        """What a token stands for. Bytes are compared, in constant time."""
        operator = hmac.compare_digest(token, self.token.encode()) and bool(self.token)
        reader = hmac.compare_digest(token, self.read_token.encode()) and bool(self.read_token)
        if operator:
            return Role.OPERATOR
        return Role.READER if reader else None

    def misdirected(self, headers: Headers) -> Denied | None:
        """Why a request is not for this console at all, whatever it asks; None when it is. Never raises."""
        given = _values(headers, b"host")
        found = _AUTHORITY.fullmatch(given[0].decode("latin-1")) if len(given) == 1 else None
        if found is None:
            return WRONG_HOST
        host = found["host"].strip("[]").lower()
        known = host == "localhost" or host in self.names or _is_address(host)
        return None if known else WRONG_HOST

    def foreign(self, headers: Headers) -> Denied | None:
        """Why a request that changes something was not meant by its sender; None when nothing says so. Never raises.

        Programs send neither header; a browser sends at least one of them with everything that is not a GET.
        """
        if any(site not in _OWN_SITES for site in _values(headers, b"sec-fetch-site")):
            return FOREIGN
        own = [value.lower() for value in _values(headers, b"host")]
        origins = _values(headers, b"origin")
        return None if all(self._is_own(origin, own) for origin in origins) else FOREIGN

    def _is_own(self, origin: bytes, hosts: list[bytes]) -> bool:
        """Whether a page of ours has this origin: what it was asked by, or a configured name without a port."""
        try:
            parts = urlsplit(origin.decode("ascii"))
        except ValueError:
            return False
        authority = parts.netloc.lower()
        return parts.scheme in {"http", "https"} and (authority.encode() in hosts or authority in self.names)

    def _deny_change(self, headers: Headers, session: Role | None) -> Denied | None:
        if not self.token:
            return NO_TOKEN
        role = self.role_of(headers)
        if role is Role.OPERATOR:
            return None
        if role is Role.READER:
            return READ_ONLY
        bare = session is not None and not _values(headers, b"authorization")
        return SESSION_ONLY if bare else WRONG_TOKEN


def _values(headers: Headers, wanted: bytes) -> list[bytes]:
    return [value for name, value in headers if name == wanted]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
