"""CORS as Flask-CORS does it: also without an Origin, and on OPTIONS without a preflight's body.

Starlette's CORSMiddleware says "OK" in a body, answers before the application, and is silent without an Origin.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers

PATHS = re.compile(r"/(employees?|departments|articles|aggregate|auth|whoami|api)(/.*)?$")
METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"


def cors_headers(method: str, path: str, headers: Headers, origins: tuple[str, ...]) -> list[tuple[str, str]]:
    """The headers that an answer gets.

    `origins` are those of CORS_ORIGINS, compared regardless of case. Flask-CORS takes patterns there as well; nobody
    has ever configured one.
    """
    if not PATHS.match(path):
        return []
    origin = headers.get("origin", "")
    if origin and origin.casefold() not in {each.casefold() for each in origins}:
        return []
    # Without an Origin, Flask-CORS names the alphabetically first of those it allows.
    found = [("Access-Control-Allow-Origin", origin or min(origins)), ("Access-Control-Allow-Credentials", "true")]
    if headers.get("access-control-request-private-network") == "true":
        found.append(("Access-Control-Allow-Private-Network", "false"))
    wanted = headers.get("access-control-request-method", "").upper()
    if method == "OPTIONS" and wanted and wanted in METHODS:
        asked = headers.get("access-control-request-headers", "")
        if asked:
            names = ", ".join(sorted(name.strip() for name in asked.split(",")))
            found.append(("Access-Control-Allow-Headers", names))
        found.append(("Access-Control-Allow-Methods", METHODS))
    if len(origins) > 1:
        found.append(("Vary", "Origin"))
    return found
