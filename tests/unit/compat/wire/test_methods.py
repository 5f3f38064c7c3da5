"""The methods of a path."""

from fastapi import APIRouter, FastAPI

from gateway.compat.wire.methods import allowed
from tests.support.asgi import a_scope


def nothing() -> None: ...


def test_the_methods_of_every_route_with_that_path() -> None:
    router = APIRouter()
    router.add_api_route("/a/{x}", nothing, methods=["DELETE"])
    app = FastAPI()
    app.add_api_route("/a/{x}", nothing)
    app.add_api_route("/b", nothing, methods=["POST"])
    app.include_router(router)
    assert allowed(app.routes, a_scope("PUT", "/a/1")) == ["DELETE", "GET", "HEAD", "OPTIONS"]
    assert allowed(app.routes, a_scope("PUT", "/b")) == ["OPTIONS", "POST"]
    assert allowed(app.routes, a_scope("PUT", "/c")) == []
