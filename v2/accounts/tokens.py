"""Tokens for programs. They are Flask-JWT-Extended's, and so are the refusals: `{"msg": "..."}`, 401 or 422."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from sqlalchemy import insert

from gateway.compat.jwt import AccessToken, RefreshToken, Token, Tokens, jwt_required
from legacy.tables import revoked_tokens
from v2.accounts.users import User, authenticate, by_email
from v2.body import read_json
from v2.clock import utcnow
from v2.kept import PROGRAMS
from v2.resources import Database, Db
from v2.wire import Model

router = APIRouter(prefix="/auth", route_class=PROGRAMS)

LIFETIME = 15 * 60


class Access(Model):
    access_token: str
    token_type: str = "bearer"  # noqa: S105 - no secret
    expires_in: int = LIFETIME


class Granted(Access):
    refresh_token: str


class Identity(Model):
    email: str
    name: str
    role: str
    employee_id: int | None
    fresh: bool | float  # Flask-JWT-Extended's own: a time until which the token is fresh, or a plain yes or no


@router.post("/login")
async def login(request: Request, database: Db, tokens: Tokens) -> Granted:
    """Exchange an e-mail address and a password for tokens."""
    email, password = _credentials(await read_json(request))
    user = await authenticate(database, email, password)
    if user is None:
        raise HTTPException(401, "The e-mail address or the password is wrong.")
    return Granted(
        access_token=await _access_token(tokens, user, fresh=True),
        refresh_token=await tokens.refresh(user.email),
    )


@router.post("/refresh")
async def refresh(token: RefreshToken, database: Db, tokens: Tokens) -> Access:
    """Exchange a refresh token for a new access token."""
    user = await _user_of(token, database)
    return Access(access_token=await _access_token(tokens, user, fresh=False))


@router.get("/whoami")
async def whoami(token: AccessToken, database: Db) -> Identity:
    """Tell who the token belongs to."""
    user = await _user_of(token, database)
    return Identity(
        email=user.email,
        name=user.name,
        role=user.role,
        employee_id=user.employee_id,
        fresh=token.claims["fresh"],
    )


@router.delete("/token", status_code=204)
async def revoke(token: Annotated[Token, Depends(jwt_required(verify_type=False))], database: Db) -> None:
    """Revoke the token of this request."""
    await database.execute(insert(revoked_tokens).values(jti=token.claims["jti"], revoked_at=utcnow()))


def _credentials(payload: Any) -> tuple[str, str]:
    if isinstance(payload, dict):
        email, password = payload.get("email"), payload.get("password")
        if isinstance(email, str) and isinstance(password, str):
            return email, password
    raise HTTPException(400, "Send a JSON object with email and password.")


async def _access_token(tokens: Tokens, user: User, *, fresh: bool) -> str:
    return await tokens.access(user.email, fresh=fresh, additional_claims={"role": user.role})


async def _user_of(token: Token, database: Database) -> User:
    user = await by_email(database, token.identity)
    if user is None:
        raise HTTPException(401, "This account no longer exists.")
    return user
