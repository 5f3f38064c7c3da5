"""The cases in Quart, Flask's asynchronous sibling."""

from __future__ import annotations

from typing import Any

import quart

from tests.contract.asgi.content import Failed, later_numbers, the_file
from tests.contract.asgi.transcript import note


def application() -> quart.Quart:
    """The application."""
    app = quart.Quart(__name__)

    @app.get("/json")
    async def json() -> dict[str, int]:
        return {"a": 1}

    @app.get("/file")
    async def file() -> Any:
        return await quart.send_file(the_file())

    @app.get("/stream")
    async def stream() -> Any:
        return later_numbers()

    @app.post("/upload")
    async def upload() -> dict[str, int]:
        return {"bytes": len(await quart.request.get_data())}

    @app.get("/raises")
    async def raises() -> None:
        raise Failed("before the first byte")

    @app.get("/background")
    async def background() -> dict[str, int]:
        app.add_background_task(note, quart.request.headers["x-probe"], "background")
        return {"a": 1}

    return app
