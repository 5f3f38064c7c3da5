"""The applications that the benchmarks serve, as factories: the same Flask application behind every server."""

from __future__ import annotations

import time

from a2wsgi import WSGIMiddleware
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from flask import Flask

from gateway.backends.bridge import Bridge

THREADS = 40


def create_flask() -> Flask:
    """`/hello` computes next to nothing, `/sleep` waits 50 ms, `/burn` computes for 5 ms."""
    app = Flask("hello")

    @app.get("/hello")
    def hello() -> str:
        return "hello"

    @app.get("/sleep")
    def sleep() -> str:
        time.sleep(0.05)
        return "slept"

    @app.get("/burn")
    def burn() -> str:
        until = time.thread_time() + 0.005
        while time.thread_time() < until:
            pass
        return "burnt"

    return app


def create_fastapi() -> FastAPI:
    """The rewrite of it."""
    app = FastAPI()

    @app.get("/hello")
    async def hello() -> PlainTextResponse:
        return PlainTextResponse("hello")

    @app.get("/v2/hello")
    async def hello_of_its_own() -> dict[str, str]:
        return {"hello": "world"}

    return app


def create_bridge() -> Bridge:
    """Ours."""
    return Bridge(create_flask())


def create_stock() -> WSGIMiddleware:
    """a2wsgi as it comes, with as many threads."""
    return WSGIMiddleware(create_flask(), workers=THREADS)


def create_raw():
    """The floor: an answer by the server's own means."""

    async def app(scope, receive, send):
        if scope["type"] == "http":
            headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", b"5")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"hello"})

    return app
