"""A legacy application that says what it is asked, and can tell how its process is."""

from __future__ import annotations

import asyncio
import gc
import threading
from pathlib import Path

from flask import Flask, Response, jsonify, request

app = Flask(__name__)
_seen: dict[str, set[str]] = {}


@app.route("/<kind>/<mode>", methods=["GET", "POST"])
def answer(kind: str, mode: str) -> Response:
    """The same bytes for the same mode, with headers that a shadow would change if it could."""
    lines = [f"{name}: {value}" for name, value in request.headers if name != "X-Shadow"]
    lines.append(f"{request.method} {request.query_string!r} {request.get_data()!r}")
    _seen.setdefault(f"{kind}/{mode}", set()).add("\n".join(sorted(lines)))
    answered = jsonify(mode=mode, numbers=list(range(20)), text="ä")
    answered.set_cookie("seen", mode, httponly=True)
    answered.headers.add("X-Twice", "1")
    answered.headers.add("X-Twice", "2")
    return answered


@app.get("/seen/<kind>/<mode>")
def seen(kind: str, mode: str) -> Response:
    """How many different requests came for that mode, shadow or not."""
    return jsonify(len(_seen.get(f"{kind}/{mode}", ())))


@app.get("/echo/<name>")
def echo(name: str) -> Response:
    """The soak's page: what was asked for, and a little more."""
    return jsonify(name=name, agent=request.headers.get("User-Agent", ""), numbers=list(range(10)))


@app.get("/census")
def census() -> Response:
    """What this process holds: tasks of all its loops, threads, descriptors, objects of Python."""
    gc.collect()
    # Of every loop; a weak set, which other threads change meanwhile
    tasks = [task for task in asyncio.tasks._all_tasks.copy() if not task.done()]
    return jsonify(
        tasks=len(tasks),
        threads=threading.active_count(),
        descriptors=len(list(Path("/proc/self/fd").iterdir())),
    )
