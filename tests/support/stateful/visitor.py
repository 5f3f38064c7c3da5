"""A client with a cookie jar that asks either of two applications, as a gateway would whose map is being flipped."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from flask import Flask

from gateway.asgi import HOSTING, Hosting
from gateway.backends.bridge import Bridge
from gateway.backends.local import LocalBackend
from gateway.wrappers import proxies_of
from tests.support.asgi import Answer, App, ask

HOST = (b"host", b"staff.test")


@dataclass
class Visitor:
    """`sides` are asked by name. `cookies` are those of one browser."""

    sides: Mapping[str, App]
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(
        self,
        side: str,
        method: str,
        target: str,
        *,
        form: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask a side, and keep the cookies that it sets."""
        sent = {**self.headers, **(headers or {})}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        payload: list[bytes] = []
        if form is not None:
            sent["content-type"], payload = "application/x-www-form-urlencoded", [urlencode(form).encode()]
        elif body is not None:
            sent["content-type"], payload = "application/json", [json.dumps(body).encode()]
        lines = [HOST, *((name.lower().encode(), value.encode()) for name, value in sent.items())]
        answer = await ask(self.sides[side], method, target, lines, body=payload)
        self._keep(answer)
        return answer

    def _keep(self, answer: Answer) -> None:
        for name, value in answer.headers:
            if name == b"set-cookie":
                for morsel in SimpleCookie(value.decode()).values():
                    if morsel["max-age"] == "0" or not morsel.value:
                        self.cookies.pop(morsel.key, None)
                    else:
                        self.cookies[morsel.key] = morsel.coded_value


@asynccontextmanager
async def both(legacy: Flask, v2: FastAPI, applied: list[str] | None = None) -> AsyncIterator[dict[str, App]]:
    """The two applications as the gateway hosts them; `applied` collects the switches that v2 uses."""
    hosting = Hosting(legacy, proxies=proxies_of(legacy))
    if applied is not None:
        hosting = replace(hosting, applied=applied.append)
    bridge, local = Bridge(legacy), LocalBackend(v2, isolation="inline", variables={HOSTING: hosting})
    await local.start()
    await local.settled()
    try:
        yield {"legacy": bridge, "v2": local}
    finally:
        await local.stop(1)
        await bridge.shutdown(1)


def seen(answer: Answer) -> dict[str, Any]:
    """What a client can tell two answers apart by, without what is new each time: tokens, times, signatures."""
    headers = [(name.decode(), value.decode()) for name, value in answer.headers]
    body = re.sub(r'value="[\w.-]{40,}"', 'value="token"', answer.body.decode())
    body = re.sub(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "jwt", body)
    return {
        "status": answer.status,
        "location": [value for name, value in headers if name == "location"],
        "vary": sorted(value.lower() for name, value in headers if name == "vary"),
        "cookies": sorted(_shape(value) for name, value in headers if name == "set-cookie"),
        "body": _canonical(body) if body.startswith(("{", "[")) else re.sub(r"(?s)^<!doctype html>\n.*", "page", body),
    }


def _shape(cookie: str) -> tuple[str, ...]:
    """Its name, whether it is taken away, and its attributes."""
    first, *attributes = cookie.split("; ")
    name, _, value = first.partition("=")
    shown = sorted(re.sub(r"(?i)^expires=(?!Thu, 01 Jan 1970).*", "expires", attribute) for attribute in attributes)
    return (name, "set" if value else "gone", *shown)


def _canonical(text: str) -> Any:
    return json.loads(text)
