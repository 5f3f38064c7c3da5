"""Signing in with a browser: `POST /session` with a token makes a cookie, `DELETE /session` ends it.

The cookie lets pages be read where the console is bound beyond loopback. It changes nothing, whatever its token could.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from gateway.console.access import JsonRoute, session_of
from gateway.console.auth import Role
from gateway.console.context import Console
from gateway.console.failing import SENDING, failing
from gateway.console.refusals import Denied, Refused
from gateway.console.sessions import COOKIE, LIFE_SECONDS

WRONG = Denied(HTTPStatus.UNAUTHORIZED, "token_wrong", "this is neither the operator's nor the read-only token")


class Token(BaseModel):
    """What a person signs in with."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    token: Annotated[str, Field(max_length=4096, repr=False)]


class SignedIn(BaseModel):
    """What the caller's token or session stands for; null for nothing."""

    role: Role | None


def signin_router(console: Console) -> APIRouter:
    """The endpoints."""
    router = APIRouter(tags=["session"], route_class=JsonRoute, responses=failing(*SENDING))

    @router.get("/session")
    async def who(request: Request) -> SignedIn:
        """What the caller's token or cookie stands for."""
        return SignedIn(role=console.guard.role_of(request.headers.raw) or session_of(request))

    @router.post("/session", responses=failing(401, 429))
    async def sign_in(request: Request, response: Response, given: Token) -> SignedIn:
        """Exchange a token for a cookie that may read."""
        address = request.client.host if request.client else ""
        if seconds := console.attempts.wait(address):
            raise Refused(_slow_down(seconds))
        role = console.guard.role_of_token(given.token.encode("utf-8", "surrogatepass"))
        if role is None:
            console.attempts.failed(address)
            raise Refused(WRONG)
        console.sessions.close(request.cookies.get(COOKIE))
        response.set_cookie(
            COOKIE,
            console.sessions.open(role),
            max_age=LIFE_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return SignedIn(role=role)

    @router.delete("/session", status_code=204)
    async def sign_out(request: Request, response: Response) -> None:
        """End the session of the caller's cookie."""
        console.sessions.close(request.cookies.get(COOKIE))
        response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=request.url.scheme == "https")

    return router


def _slow_down(seconds: int) -> Denied:
    return Denied(
        HTTPStatus.TOO_MANY_REQUESTS,
        "signin_too_often",
        f"too many wrong tokens from this address; try again in {seconds} s",
        headers={"Retry-After": str(seconds)},
    )
