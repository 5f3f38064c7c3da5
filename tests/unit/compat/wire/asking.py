"""Asks a FastAPI application as the gateway does, and a Flask application for comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, unquote_to_bytes

from fastapi import FastAPI
from flask import Flask
from werkzeug.test import TestResponse

from gateway.asgi import HOSTING, Hosting
from tests.support.asgi import Answer, ask


@dataclass
class Asked:
    """V2's answer, the switches that it used, and what it raised after it."""

    answer: Answer
    used: list[str]
    raised: Exception | None = None

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def text(self) -> str:
        return self.answer.body.decode()

    def header(self, name: str) -> str | None:
        value = self.answer.header(name.lower().encode())
        return None if value is None else value.decode("latin-1")


async def ask_v2(
    app: FastAPI,
    target: str = "/r",
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    *,
    body: bytes = b"",
    legacy: Flask | None = None,
) -> Asked:
    lines = [(name.lower().encode(), value.encode("latin-1")) for name, value in (headers or {}).items()]
    lines.append((b"host", b"shop.test"))
    used: list[str] = []
    token = HOSTING.set(Hosting(legacy, used.append))
    answers: list[Answer] = []

    async def keeping(scope, receive, send):
        scope["path"] = unquote(scope["raw_path"].decode())
        answer = Answer()
        answers.append(answer)

        async def both(message):
            answer.messages.append(dict(message))
            await send(message)

        await app(scope, receive, both)

    try:
        await ask(keeping, method, target, lines, body=[body] if body else [])
    except Exception as error:  # noqa: BLE001 - FastAPI sends its 500 and raises on
        return Asked(answers[0], used, error)
    finally:
        HOSTING.reset(token)
    return Asked(answers[0], used)


def ask_flask(
    app: Flask, target: str = "/r", method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes = b""
) -> TestResponse:
    path, _, query = target.partition("?")
    return app.test_client().open(
        method=method,
        headers=dict(headers or {}),
        data=body or None,
        base_url="http://shop.test",
        query_string=query,
        # a client of Werkzeug's takes //a for a host
        environ_overrides={"PATH_INFO": unquote_to_bytes(path).decode("latin-1")},
        buffered=True,
    )
