"""HTTP Basic and API keys need no compat: FastAPI's security, as docs/compat.md writes it, is legacy's on the wire."""

from __future__ import annotations

import base64
import hmac
import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.responses import PlainTextResponse
from flask import Flask, request
from flask import Response as FlaskResponse

from tests.support.stateful.visitor import Visitor, both, seen

pytestmark = pytest.mark.anyio

API_KEY, NAME, PASSWORD = "of the settings", "ada", "it's: \u00e9"


def a_flask() -> Flask:
    app = Flask("guarded")

    @app.get("/key")
    def key() -> Any:
        if not hmac.compare_digest(request.headers.get("X-Api-Key", "").encode(), API_KEY.encode()):
            return FlaskResponse("A key, please.\n", 401, mimetype="text/plain")
        return FlaskResponse("in", mimetype="text/plain")

    @app.get("/basic")
    def basic() -> Any:
        given = request.authorization
        if given is None or given.type != "basic" or (given.username, given.password) != (NAME, PASSWORD):
            return FlaskResponse(
                "Please log in.\n", 401, {"WWW-Authenticate": 'Basic realm="staff"'}, mimetype="text/plain"
            )
        return FlaskResponse("in", mimetype="text/plain")

    return app


@pytest.fixture(scope="module")
def of_the_page(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The code of docs/compat.md, as a module."""
    text = (Path(__file__).resolve().parents[3] / "docs/compat.md").read_text(encoding="utf-8")
    (code,) = [fence for fence in re.findall(r"(?ms)^```python\n(.*?)^```$", text) if "basic_required" in fence]
    folder = tmp_path_factory.mktemp("page")
    (folder / "ordinary_security_of_the_page.py").write_text(code, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        return importlib.import_module("ordinary_security_of_the_page")


def a_v2(page: Any) -> FastAPI:
    app = FastAPI(exception_handlers={page.Refused: page.refuse})
    for path, dependency in (("/key", page.key_required), ("/basic", page.basic_required)):
        app.add_api_route(path, lambda: PlainTextResponse("in"), dependencies=[Depends(dependency)])
    return app


def basic(text: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(text.encode()).decode()}


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/key", {}, 401),
        ("/key", {"x-api-key": "another"}, 401),
        ("/key", {"x-api-key": API_KEY}, 200),
        ("/basic", {}, 401),
        ("/basic", basic("ada"), 401),
        ("/basic", basic("ada:another"), 401),
        ("/basic", basic(f"{NAME}:{PASSWORD}"), 200),
        ("/basic", {"authorization": "Basic !!!"}, 401),
        ("/basic", {"authorization": "Basic"}, 401),
        ("/basic", {"authorization": "Bearer abc"}, 401),
    ],
)
async def test_the_wire_is_legacys(path: str, headers: dict[str, str], status: int, of_the_page: Any) -> None:
    async with both(a_flask(), a_v2(of_the_page)) as sides:
        on_legacy, on_v2 = [await Visitor(sides).ask(side, "GET", path, headers=headers) for side in ("legacy", "v2")]
    assert seen(on_v2) == seen(on_legacy)
    assert on_v2.status == status
    for name in (b"www-authenticate", b"content-type", b"content-length"):
        assert on_v2.header(name) == on_legacy.header(name)
