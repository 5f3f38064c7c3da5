"""Two small applications and a map, written to a folder, for tests that put a whole process together."""

from __future__ import annotations

from pathlib import Path

LEGACY = """
from flask import Flask, jsonify, request


def create_app():
    app = Flask(__name__)

    @app.get("/who")
    @app.get("/who/<name>")
    def who(name="nobody"):
        return jsonify(side="legacy", name=name, path=request.path, id=request.environ.get("gateway.request_id"))

    @app.post("/echo")
    def echo():
        return request.get_data()

    @app.get("/docs")
    def docs():
        return "the application's own docs"

    return app
"""

V2 = """
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request


@asynccontextmanager
async def lifespan(app):
    app.state.started = True
    yield


def create_app():
    app = FastAPI(lifespan=lifespan)

    @app.get("/who")
    @app.get("/who/{name}")
    async def who(request: Request, name: str = "nobody"):
        return {
            "side": "v2",
            "name": name,
            "path": request.url.path,
            "id": getattr(request.state, "request_id", None),
            "started": request.app.state.started,
        }

    return app
"""

MAP = """
version: 1
backends:
  legacy: {wsgi: "%(name)s_legacy:create_app()"}
  v2: {asgi: "%(name)s_v2:create_app()"}
defaults:
  mode: legacy
routes:
  - id: who
    path: /who
    methods: [GET]
    mode: %(mode)s
  - id: who.name
    path: /who/<name>
    methods: [GET]
    mode: legacy
"""


def write_sample(folder: Path, name: str, *, mode: str = "legacy") -> Path:
    """The map's path. `name` prefixes the modules, so that two samples can live in one interpreter."""
    (folder / f"{name}_legacy.py").write_text(LEGACY, encoding="utf-8")
    (folder / f"{name}_v2.py").write_text(V2, encoding="utf-8")
    path = folder / "migration_map.yaml"
    path.write_text(map_text(name, mode=mode), encoding="utf-8")
    return path


def map_text(name: str, *, mode: str = "legacy") -> str:
    """The map of a sample, with the route `who` on a rung."""
    return MAP % {"name": name, "mode": mode}
