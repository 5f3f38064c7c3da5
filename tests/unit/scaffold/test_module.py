"""The text of a router's module."""

from __future__ import annotations

import ast
import asyncio
from typing import Any

from fastapi import FastAPI
from flask import request
from flask_login import login_required

from gateway.scaffold.module import function_names, in_order, module_text
from gateway.scaffold.stub import Stub
from tests.support.asgi import ask
from tests.unit.scaffold.stubs import imported, nothing, planned


def listing() -> Any:
    """List \"\"\"words\"\"\" of C:\\new."""
    return {"page": request.args.get("page", 1, type=int)}


def date() -> Any:
    return {}


def stub_at(path: str, route_id: str = "it", method: str = "GET") -> Stub:
    stub = planned(nothing, method, rule=path)
    stub.route_id = route_id
    return stub


def test_a_module_runs_and_says_what_is_not_written():
    app = FastAPI()
    app.include_router(imported(planned(listing)).router)
    answer = asyncio.run(ask(app, "GET", "/it"))
    assert answer.status == 501
    assert b"it is not written yet: see tests/unit/scaffold/test_module.py" in answer.body


def test_legacys_source_is_in_comments_above_the_body():
    text = module_text([planned(listing)], "shop:app")
    assert '    #         return {"page": request.args.get("page", 1, type=int)}' in text
    assert "Written by `gateway scaffold` from shop:app" in text
    assert text.index("# Write this. What legacy does") < text.index("raise HTTPException(501")


def test_a_docstring_is_carried_over_whatever_is_in_it():
    (function,) = (
        one for one in ast.parse(module_text([planned(listing)], "a:b")).body if isinstance(one, ast.FunctionDef)
    )
    assert ast.get_docstring(function) == "List '''words''' of C:\\new."


def test_the_more_specific_path_comes_first():
    paths = [one.path for one in in_order([stub_at("/<path:all>"), stub_at("/a/<int:id>"), stub_at("/a/me")])]
    assert paths == ["/a/me", "/a/{id}", "/{all:path}"]


def test_no_two_functions_have_one_name_and_none_hides_an_import():
    stubs = [
        planned(date),
        stub_at("/b", "b"),
        stub_at("/c", "c.x"),
        stub_at("/c", "c.x", "POST"),
        stub_at("/d", "c.x"),
    ]
    for stub in stubs[1:]:
        stub.function = "nothing"
    assert function_names(stubs) == ["it", "nothing", "c_x", "c_x_post", "c_x_get"]


def test_a_lambda_is_called_like_its_route():
    assert function_names([planned(lambda: "a")]) == ["it"]


def test_what_refuses_comes_after_the_hooks_that_all_routes_have():
    @login_required
    def account() -> Any:
        return {}

    text = module_text(
        [planned(account, hooks=["shop.count", "shop.one"]), planned(nothing, hooks=["shop.count"])], "a"
    )
    assert 'APIRouter(route_class=FlaskRoute, dependencies=[Depends(hooks("shop.count"))])' in text
    assert '"/it", dependencies=[Depends(hooks("shop.one")), Depends(login_required)])' in text
    assert "from gateway.compat.login import login_required" in text


def test_what_is_answered_is_the_annotation():
    def gone() -> Any:
        return "", 204

    text = module_text([planned(gone, "DELETE")], "a")
    assert '@router.delete("/it", status_code=204)' in text
    assert "def gone() -> None:" in text


def test_without_stubs_there_is_a_router():
    namespace: dict[str, Any] = {}
    exec(module_text([], "a"), namespace)  # noqa: S102 - what is tested
    assert namespace["router"].routes == []
