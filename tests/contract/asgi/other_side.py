"""The two applications for the side that is not looked at: they answer everything."""

from __future__ import annotations

from typing import Any

from flask import Flask

legacy = Flask(__name__)
legacy.secret_key = "not a secret"


@legacy.before_request
def before() -> None:
    """Nothing: what matters is that it runs."""


@legacy.route("/", defaults={"rest": ""}, methods=["GET", "POST"])
@legacy.route("/<path:rest>", methods=["GET", "POST"])
def anything(rest: str) -> str:
    """The same for every path."""
    return f"legacy {rest}"


async def v2(scope: Any, receive: Any, send: Any) -> None:
    """The same for every path, without a framework."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"v2"})
