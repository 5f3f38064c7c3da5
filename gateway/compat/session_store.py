"""Opening and saving a session through the application's own `session_interface`, whatever that is.

Flask's own keeps everything in the cookie: saving it is a computation. Any other (Flask-Session in Redis, a table of
the application's own) may block, so it runs on a thread, and in a shadow it is not asked to save at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.compat.switch import Switch

if TYPE_CHECKING:
    from flask import Flask, Response
    from flask.ctx import RequestContext
    from flask.sessions import SessionInterface, SessionMixin

SAVED = Switch("session.write", "a session that v2 changes is legacy's session, and the other way round")
REFRESHED = Switch("session.refresh", "a permanent session lasts on from each answer, v2's too")
VARY = Switch("session.vary", "Vary: Cookie wherever the session was looked at")


def keeps_all_in_the_cookie(interface: SessionInterface) -> bool:
    """Whether opening and saving touch nothing but the request and the answer: Flask's own methods, unchanged."""
    from flask.sessions import SecureCookieSessionInterface as Own  # noqa: PLC0415 - with Flask only

    kind = type(interface)
    return kind.open_session is Own.open_session and kind.save_session is Own.save_session


def session_of(context: RequestContext) -> SessionMixin:
    """The session of a context that was pushed, without counting as an access to it.

    Since Flask 3.1.3 reading `context.session` is one, and means `Vary: Cookie`.
    """
    held = vars(context)
    session: SessionMixin = held["_session"] if "_session" in held else held["session"]
    return session


def was_changed(session: SessionMixin) -> bool:
    """Whether the session has to be written. A class that does not keep track of it always says no."""
    return bool(session.modified) and not _never_tracks(session)


def save(app: Flask, session: SessionMixin, response: Response, *, writes: bool, shadow: bool) -> None:
    """Do what Flask does with the session at the end of a request.

    `writes`: whether the route may change it. Without, it is saved only where that changes nothing but its expiry. In a
    `shadow` the answer gets the headers that it would have, and no store is written.
    """
    interface = app.session_interface
    if interface.is_null_session(session):
        return
    changed, cookies, varied = was_changed(session), _cookies(response), _varies(response)
    if keeps_all_in_the_cookie(interface):
        interface.save_session(app, session, response)
    elif shadow:
        _show_only(app, interface, session, response)
    elif writes or not _never_tracks(session):
        interface.save_session(app, session, response)
    elif session.accessed:
        response.vary.add("Cookie")
    if changed:
        SAVED.applied()
    elif _cookies(response) != cookies:
        REFRESHED.applied()
    if not varied and _varies(response):
        VARY.applied()


def _show_only(app: Flask, interface: SessionInterface, session: SessionMixin, response: Response) -> None:
    """The headers of a save that does not happen: a store has no undo."""
    if session.accessed or session.modified:
        response.vary.add("Cookie")
    name, domain, path = (
        interface.get_cookie_name(app),
        interface.get_cookie_domain(app),
        interface.get_cookie_path(app),
    )
    if not session:
        if session.modified:
            response.delete_cookie(name, domain=domain, path=path)
    elif interface.should_set_cookie(app, session):
        response.set_cookie(
            name,
            str(getattr(session, "sid", "")),
            expires=interface.get_expiration_time(app, session),
            httponly=interface.get_cookie_httponly(app),
            secure=interface.get_cookie_secure(app),
            samesite=interface.get_cookie_samesite(app),
            domain=domain,
            path=path,
        )
        response.vary.add("Cookie")


def _never_tracks(session: SessionMixin) -> bool:
    """Flask's mixin says `modified = True` for classes that do not know better."""
    return "modified" not in vars(session) and bool(type(session).modified)


def _cookies(response: Response) -> list[str]:
    return response.headers.getlist("Set-Cookie")


def _varies(response: Response) -> bool:
    return "cookie" in response.vary
