"""Who may do what: the API key that programs send, or a token with a role."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from gateway.compat.jwt import jwt_required
from gateway.compat.request import Legacy
from v2.audit import note_actor
from v2.resources import Held
from v2.wire import header

_token_of = jwt_required()


async def has_api_key(request: Request, held: Held) -> bool:
    """Whether the request carries the key."""
    given = header(request, "x-api-key")
    return hmac.compare_digest(given.encode(), held.settings.api_key.encode())


HasApiKey = Annotated[bool, Depends(has_api_key)]


async def api_key(has_key: HasApiKey) -> None:
    """Raises HTTPException(401) without the key."""
    if not has_key:
        raise HTTPException(401, "A valid X-Api-Key header is required.")


NeedsApiKey = Depends(api_key)


def writer(*roles: str) -> Callable[..., Awaitable[None]]:
    """A dependency: the API key, or a token with one of these roles.

    Raises HTTPException: 401 for neither, 403 for the wrong role; a token that is not good gets legacy's own answer.
    """

    async def allowed(request: Request, has_key: HasApiKey, legacy: Legacy) -> None:
        if has_key:
            note_actor(request, "api-key")
        elif "authorization" in request.headers:
            token = await _token_of(legacy, request)
            note_actor(request, token.identity)
            if token.claims.get("role") not in roles:
                raise HTTPException(403, f"This needs the role {' or '.join(roles)}.")
        else:
            raise HTTPException(401, "An X-Api-Key header or a bearer token is required.")

    return allowed
