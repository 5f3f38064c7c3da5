"""A Flask application with most of the habits that clients come to rely on."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask, abort, jsonify, make_response, redirect, request, send_file

FILE = Path(__file__)
PLACED = datetime(2025, 1, 5, 10, 0, tzinfo=UTC)


def create_app() -> Flask:
    app = Flask(__name__)

    @app.errorhandler(404)
    def lost(error: Any) -> Any:
        return jsonify(error={"code": 404, "message": error.description, "path": request.path}), 404

    @app.get("/orders/<int:number>")
    def order(number: int) -> Any:
        if number > 99:
            abort(404, f"There is no order {number}.")
        return jsonify(placed=PLACED, total=Decimal("1.10"), id=number, name="ü")

    @app.get("/orders/")
    def orders() -> Any:
        page = request.args.get("page", 1, type=int)
        return jsonify(page=page, all="all" in request.args, word=request.args.get("word"))

    @app.post("/orders/")
    def add() -> Any:
        return {"name": request.get_json()["name"]}, 201, {"X-Made": "1"}

    @app.post("/form")
    def form() -> Any:
        return f"{request.form['name']}|{request.form.get('n', 7, type=int)}"

    @app.get("/crash")
    def crash() -> Any:
        raise ValueError("a mistake")

    @app.get("/old")
    def old() -> Any:
        return redirect("/orders/")

    @app.get("/file")
    def file() -> Any:
        return send_file(FILE, mimetype="text/plain")

    @app.get("/cookie")
    def cookie() -> Any:
        answer = make_response("baked")
        answer.set_cookie("a", request.cookies.get("x", "none"))
        return answer

    return app
