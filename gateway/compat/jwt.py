"""JSON Web Tokens by the app's own Flask-JWT-Extended configuration: either side's tokens are valid on both.

    async def whoami(token: AccessToken) -> ...                              @jwt_required()
    async def refresh(token: RefreshToken, tokens: Tokens) -> ...            @jwt_required(refresh=True)
    Depends(jwt_required(fresh=True, locations="headers"))                   every option of the decorator's

Where tokens are looked for, claims, freshness, the blocklist, the double submit of cookies, and the words of a refusal
(`{"msg": ...}` with 401 or 422, or what the app's loaders say) are legacy's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

from gateway.compat.request import Legacy, LegacyRequest
from gateway.compat.switch import Switch

if TYPE_CHECKING:
    from flask import Response

VERIFIED = Switch("jwt.verify", "a token that legacy accepts is accepted, any other refused in legacy's words")
ISSUED = Switch("jwt.issue", "v2's tokens are legacy's: claims, lifetimes, keys, cookies")


@dataclass(frozen=True, slots=True)
class Token:
    """A token that was verified; `NO_TOKEN` where none is needed and none came."""

    claims: Mapping[str, Any]
    header: Mapping[str, Any]
    identity: Any
    user: Any
    """What the app's `user_lookup_loader` returned; None without one."""


NO_TOKEN = Token({}, {}, None, None)
"""Where none is needed: `optional`, or a method that is exempt."""


def jwt_required(
    *,
    optional: bool = False,
    fresh: bool = False,
    refresh: bool = False,
    locations: str | Sequence[str] | None = None,
    verify_type: bool = True,
    skip_revocation_check: bool = False,
) -> Callable[..., Awaitable[Token]]:
    """A dependency that verifies the request's token, as the decorator of the same name does on legacy.

    The options are the decorator's: `optional` lets a request without a token pass, `fresh` and `refresh` ask for such
    a token, `locations` overrides `JWT_TOKEN_LOCATION`, `verify_type=False` takes access and refresh tokens alike.
    """

    async def verified(legacy: Legacy, request: Request) -> Token:
        from flask_jwt_extended import verify_jwt_in_request  # noqa: PLC0415 - an app may not have it

        if _reads_body(legacy, locations):
            await legacy.hand_over_body(request)
        verify = partial(verify_jwt_in_request, optional, fresh, refresh, locations, verify_type, skip_revocation_check)
        VERIFIED.applied()
        found = await legacy.run(verify)
        return NO_TOKEN if found is None else legacy.here(partial(_token, *found))

    return verified


class TokensOfLegacy:
    """Makes tokens, and their cookies, as the legacy application does."""

    def __init__(self, legacy: LegacyRequest) -> None:
        self._legacy = legacy

    async def access(self, identity: Any, *, fresh: Any = False, **options: Any) -> str:
        """A new access token; `options` are those of Flask-JWT-Extended's `create_access_token`."""
        from flask_jwt_extended import create_access_token  # noqa: PLC0415

        return await self._issue(partial(create_access_token, identity, fresh=fresh, **options))

    async def refresh(self, identity: Any, **options: Any) -> str:
        """A new refresh token; `options` are those of Flask-JWT-Extended's `create_refresh_token`."""
        from flask_jwt_extended import create_refresh_token  # noqa: PLC0415

        return await self._issue(partial(create_refresh_token, identity, **options))

    def set_cookies(self, *, access: str | None = None, refresh: str | None = None) -> None:
        """Put tokens into the answer's cookies, with the readable cookies of the double submit."""
        from flask_jwt_extended import set_access_cookies, set_refresh_cookies  # noqa: PLC0415

        def put(response: Response) -> Response:
            if access is not None:
                set_access_cookies(response, access)
            if refresh is not None:
                set_refresh_cookies(response, refresh)
            return response

        self._legacy.around.this_answer.append(put)

    def unset_cookies(self) -> None:
        """Take the tokens' cookies away."""
        from flask_jwt_extended import unset_jwt_cookies  # noqa: PLC0415

        def take_away(response: Response) -> Response:
            unset_jwt_cookies(response)
            return response

        self._legacy.around.this_answer.append(take_away)

    async def _issue(self, make: Callable[[], str]) -> str:
        ISSUED.applied()
        return await self._legacy.run(make)  # claims may be looked up in a database


async def flask_tokens(legacy: Legacy) -> TokensOfLegacy:
    """FastAPI's dependency: what makes tokens."""
    return TokensOfLegacy(legacy)


AccessToken = Annotated[Token, Depends(jwt_required())]
FreshAccessToken = Annotated[Token, Depends(jwt_required(fresh=True))]
OptionalAccessToken = Annotated[Token, Depends(jwt_required(optional=True))]
RefreshToken = Annotated[Token, Depends(jwt_required(refresh=True))]
Tokens = Annotated[TokensOfLegacy, Depends(flask_tokens)]


def _reads_body(legacy: LegacyRequest, locations: str | Sequence[str] | None) -> bool:
    """Whether the token, or its double submit, may be in the body."""
    config = legacy.app.config
    chosen: str | Collection[str] = locations or config["JWT_TOKEN_LOCATION"]
    places = {chosen} if isinstance(chosen, str) else set(chosen)
    return "json" in places or ("cookies" in places and bool(config["JWT_CSRF_CHECK_FORM"]))


def _token(header: Mapping[str, Any], claims: Mapping[str, Any]) -> Token:
    """In legacy's context, after a verification."""
    from flask_jwt_extended import get_current_user, get_jwt_identity  # noqa: PLC0415

    try:
        user = get_current_user()
    except RuntimeError:  # the app has no user_lookup_loader
        user = None
    return Token(claims, header, get_jwt_identity(), user)
