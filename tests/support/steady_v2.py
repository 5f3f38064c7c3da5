"""The rewrite of `steady`: faithful, and it says who asked for what."""

from __future__ import annotations

from fastapi import FastAPI, Request

app = FastAPI()


@app.get("/echo/{name}")
async def echo(name: str, request: Request) -> dict[str, object]:
    return {"numbers": list(range(10)), "name": name, "agent": request.headers.get("user-agent", "")}
