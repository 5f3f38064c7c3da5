"""The same application, ported to FastAPI line by line, with the wire format kept."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Cookie, FastAPI, Form, HTTPException, Query, Response
from fastapi.responses import FileResponse, RedirectResponse
from pydantic import BaseModel

from gateway.compat.wire.install import install
from tests.support.ported.legacy import FILE, PLACED


class Order(BaseModel):
    placed: datetime
    total: Decimal
    id: int
    name: str


class New(BaseModel):
    name: str


def create_app() -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    install(app, "all", "params.lax_types")

    @app.get("/orders/{number}")
    async def order(number: int) -> Order:
        if number > 99:
            raise HTTPException(404, f"There is no order {number}.")
        return Order(placed=PLACED, total=Decimal("1.10"), id=number, name="ü")

    @app.get("/orders/")
    async def orders(
        page: int = 1, every: Annotated[str | None, Query(alias="all")] = None, word: str | None = None
    ) -> Any:
        return {"page": page, "all": every is not None, "word": word}

    @app.post("/orders/")
    async def add(new: New) -> Any:
        return {"name": new.name}, 201, {"X-Made": "1"}

    @app.post("/form")
    def form(name: Annotated[str, Form()], n: Annotated[int, Form()] = 7) -> str:
        return f"{name}|{n}"

    @app.get("/crash")
    async def crash() -> Any:
        raise ValueError("a mistake")

    @app.get("/old")
    async def old() -> Any:
        return RedirectResponse("/orders/")

    @app.get("/file")
    async def file() -> Any:
        return FileResponse(FILE, media_type="text/plain")

    @app.get("/cookie")
    async def cookie(response: Response, x: Annotated[str, Cookie()] = "none") -> Any:
        response.set_cookie("a", x)
        return "baked"

    return app
