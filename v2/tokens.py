"""Who a JWT belongs to. The tokens are Flask-JWT-Extended's, and so are the refusals: `{"msg": "..."}`, 401 or 422."""

from __future__ import annotations

import re
from typing import Annotated, Any

import jwt
from fastapi import APIRouter, Depends, FastAPI, Request
from sqlalchemy import select
from starlette.responses import Response

from legacy.tables import revoked_tokens, users
from v2.errors import Refusal
from v2.resources import Held
from v2.wire import JSON, Model, header

router = APIRouter(prefix="/auth", tags=["accounts"])


class TokenRefused(Exception):
    """401: no token, or one that is not valid any more. 422: not a token that could ever be valid."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        self.message = message
        super().__init__(message)


class Identity(Model):
    email: str
    name: str
    role: str
    employee_id: int | None
    fresh: bool | float  # Flask-JWT-Extended's own: a time until which the token is fresh, or a plain yes or no


def install(app: FastAPI) -> None:
    """Register the handler."""
    app.add_exception_handler(TokenRefused, _refuse)


async def _refuse(_request: Request, error: Exception) -> Response:
    if not isinstance(error, TokenRefused):
        raise error
    return JSON({"msg": error.message}, error.status)


async def access_claims(request: Request, held: Held) -> dict[str, Any]:
    """The claims of a valid, unrevoked access token. Raises TokenRefused."""
    claims = _decode(_bearer(header(request, "authorization")), held.settings.jwt_secret_key)
    if claims.get("type") == "refresh":
        raise TokenRefused(422, "Only non-refresh tokens are allowed")
    number = claims.get("jti")
    if number and await held.database.scalar(select(revoked_tokens.c.jti).where(revoked_tokens.c.jti == number)):
        raise TokenRefused(401, "Token has been revoked")
    return claims


@router.get("/whoami")
async def whoami(claims: Annotated[dict[str, Any], Depends(access_claims)], held: Held) -> Identity:
    """Tell who the token belongs to."""
    email = claims["sub"].strip().lower()
    user = await held.database.first(select(users).where(users.c.email == email))
    if user is None or not user["active"]:
        raise Refusal(401, "This account no longer exists.")
    return Identity(
        email=user["email"],
        name=user["name"],
        role=user["role"],
        employee_id=user["employee_id"],
        fresh=claims.get("fresh", False),
    )


def _bearer(authorization: str) -> str:
    authorization = authorization.strip().strip(",")
    if not authorization:
        raise TokenRefused(401, "Missing Authorization Header")
    values = [value for value in re.split(r",\s*", authorization) if value and value.split()[0] == "Bearer"]
    if len(values) != 1:
        raise TokenRefused(
            401,
            "Missing 'Bearer' type in 'Authorization' header. Expected 'Authorization: Bearer <JWT>'",
        )
    parts = values[0].split()
    if len(parts) != 2:  # noqa: PLR2004 - the word and the token
        raise TokenRefused(422, "Bad Authorization header. Expected 'Authorization: Bearer <JWT>'")
    return parts[1]


def _decode(token: str, secret: str) -> dict[str, Any]:
    try:
        jwt.get_unverified_header(token)
        try:
            return _claims(token, secret, verify_exp=True)
        except jwt.ExpiredSignatureError:
            _claims(token, secret, verify_exp=False)  # a token that says nothing is refused for that
            raise TokenRefused(401, "Token has expired") from None
    except jwt.InvalidTokenError as error:
        raise TokenRefused(422, str(error)) from error


def _claims(token: str, secret: str, *, verify_exp: bool) -> dict[str, Any]:
    claims = jwt.decode(token, secret, algorithms=["HS256"], options={"verify_aud": False, "verify_exp": verify_exp})
    if "sub" not in claims:
        raise TokenRefused(422, "Missing claim: sub")
    return claims
