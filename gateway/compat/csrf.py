"""Flask-WTF's CSRF protection on v2's routes: legacy's forms may be posted to v2, and v2's to legacy.

    @router.post("/account", dependencies=[Depends(csrf_protect)])      or CsrfProtected, as an argument's type
    async def form(token: CsrfToken) -> ...                             <input type=hidden name=csrf_token value=...>

A route of v2 has no protection unless it says so: `gateway doctor` names those whose legacy twin had it.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request

from gateway.compat.body import is_form
from gateway.compat.request import Legacy
from gateway.compat.switch import Switch

PROTECTED = Switch("csrf.protect", "a form without a valid CSRF token is refused, in legacy's words")
METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""Those that are protected where the app's configuration does not say: Flask-WTF's own default."""
ISSUED = Switch("csrf.issue", "v2's forms carry a token that legacy accepts")


async def csrf_protect(legacy: Legacy, request: Request) -> None:
    """FastAPI's dependency: refuse a request whose token is missing, wrong or old, as legacy refuses it.

    The methods, the fields and headers looked at, the time limit and the referrer check are those of the app's
    configuration; `WTF_CSRF_ENABLED = False` switches it off here as there. Where the app has no `CSRFProtect`, the
    form's token is checked as `FlaskForm` does.
    """
    app = legacy.app
    if not app.config.get("WTF_CSRF_ENABLED", True):
        return
    if is_form(request):  # of any other body Flask-WTF reads nothing: an upload goes on past it
        await legacy.hand_over_body(request)
    if request.method in app.config.get("WTF_CSRF_METHODS", METHODS):
        PROTECTED.applied()
    await legacy.run(lambda: _protect(app.extensions.get("csrf")))


async def csrf_token(legacy: Legacy) -> str:
    """FastAPI's dependency: the token for this client's forms, or for its `X-CSRFToken` header. Writes the session."""
    from flask_wtf.csrf import generate_csrf  # noqa: PLC0415 - an app may not have it

    ISSUED.applied()
    legacy.writes = True
    token: str = legacy.here(generate_csrf)
    return token


CsrfToken = Annotated[str, Depends(csrf_token)]
CsrfProtected = Annotated[None, Depends(csrf_protect)]


def _protect(extension: Any) -> None:
    """In legacy's context."""
    if extension is not None:
        extension.protect()
        return
    from flask import current_app, request  # noqa: PLC0415 - with Flask only
    from flask_wtf.csrf import CSRFError, validate_csrf  # noqa: PLC0415 - an app may not have it
    from wtforms import ValidationError  # noqa: PLC0415 - it comes with Flask-WTF

    if request.method not in current_app.config.get("WTF_CSRF_METHODS", METHODS):
        return
    try:
        validate_csrf(request.form.get(current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token")))
    except ValidationError as error:
        raise CSRFError(str(error)) from error
