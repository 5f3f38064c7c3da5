"""Who may ask the console for what.

- `/healthz` and `/readyz` are open wherever the console is bound: probes carry no secrets.
- Reading is open on loopback, and needs the token when the console is bound elsewhere.
- Changing needs the token always; without a configured token nothing can be changed.
- The Host must be an address, `localhost` or a name that was configured: a web page whose name was made to point here
  (DNS rebinding) cannot send another.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus

_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")
_SCHEME = b"bearer "


class Access(Enum):
    """What an endpoint asks of its caller."""

    OPEN = auto()
    READ = auto()
    CHANGE = auto()


@dataclass(frozen=True, slots=True)
class Denied:
    """Why a request is not answered: `error` is stable, `message` is for people."""

    status: HTTPStatus
    error: str
    message: str


NO_TOKEN = Denied(
    HTTPStatus.FORBIDDEN,
    "token_not_configured",
    "changing anything needs a token: start the gateway with GATEWAY_TOKEN or GATEWAY_TOKEN_FILE",
)
WRONG_TOKEN = Denied(HTTPStatus.UNAUTHORIZED, "token_wrong", "send `Authorization: Bearer <the console's token>`")
WRONG_HOST = Denied(
    HTTPStatus.MISDIRECTED_REQUEST,
    "host_unknown",
    "ask by address or as localhost, or name this host in GATEWAY_CONSOLE_NAMES",
)


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules of one console. `token` is empty when none is configured; `names` are hosts beside addresses."""

    token: str
    loopback: bool
    names: frozenset[str] = frozenset()

    def deny(self, access: Access, headers: list[tuple[bytes, bytes]]) -> Denied | None:
        """Why the request may not be answered; None when it may. Never raises, whatever the headers hold."""
        if not self._knows_host(headers):
            return WRONG_HOST
        if access is Access.OPEN or (access is Access.READ and self.loopback):
            return None
        if not self.token:
            return NO_TOKEN
        return None if self.has_token(headers) else WRONG_TOKEN

    def has_token(self, headers: list[tuple[bytes, bytes]]) -> bool:
        """Whether exactly one Authorization header carries the token. Bytes are compared, in constant time."""
        given = [value for name, value in headers if name == b"authorization"]
        if len(given) != 1 or not self.token or given[0][: len(_SCHEME)].lower() != _SCHEME:
            return False
        return hmac.compare_digest(given[0][len(_SCHEME) :], self.token.encode())

    def _knows_host(self, headers: list[tuple[bytes, bytes]]) -> bool:
        given = [value for name, value in headers if name == b"host"]
        found = _AUTHORITY.fullmatch(given[0].decode("latin-1")) if len(given) == 1 else None
        if found is None:
            return False
        host = found["host"].strip("[]").lower()
        return host == "localhost" or host in self.names or _is_address(host)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
