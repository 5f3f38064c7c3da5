"""A: sessions, logins, tokens, forms and hooks. What a naive port makes of each, and what it is with compat.

The traps of state have no cause: two answers do not tell why somebody is logged out. They have switches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Form, HTTPException, Request
from fastapi.security import HTTPBearer
from flask import Flask, abort, flash, get_flashed_messages, jsonify, session
from flask_jwt_extended import JWTManager, create_access_token, get_jwt_identity, jwt_required
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_wtf.csrf import CSRFProtect, generate_csrf
from itsdangerous import URLSafeTimedSerializer
from starlette.middleware.sessions import SessionMiddleware

from gateway.compat.csrf import csrf_protect
from gateway.compat.flashes import Flashes
from gateway.compat.hooks import hooks
from gateway.compat.jwt import AccessToken
from gateway.compat.legacy import bind
from gateway.compat.login import CurrentUser, LoggedIn
from gateway.compat.request import legacy_request
from gateway.compat.session import ReadableSession, WritableSession

KEY = "a key that is long enough to sign tokens with"
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class StateRow:
    """One trap: `naive` and `kept` are two ports of what `legacy` does at `/r`.

    `begin` is a path of legacy that the client has asked before, for its cookies. A header may name what
    `begin` answered as `{answer}`. `switches` are those that `kept` uses, beside `session.vary`.
    """

    trap: str
    title: str
    legacy: Callable[[Flask], Any]
    naive: Callable[[FastAPI], Any]
    kept: Callable[[FastAPI], Any]
    switches: frozenset[str]
    begin: str = ""
    target: str = "/r"
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __str__(self) -> str:
        return f"{self.trap}-{self.title}"


class User(UserMixin):
    def __init__(self, number: str) -> None:
        self.id = number


def a_legacy(app: Flask) -> None:
    """Everything at once: sessions, logins, tokens and forms, each of which a row asks for."""
    app.config.update(SECRET_KEY=KEY, JWT_SECRET_KEY=KEY, WTF_CSRF_CHECK_DEFAULT=False)
    manager = LoginManager(app)
    manager.user_loader(User)
    JWTManager(app)

    @app.get("/keep")
    def keep() -> Any:
        session["a"], session["pair"], session["at"] = 1, (1, 2), MOMENT
        return ""

    @app.get("/flash")
    def leave() -> Any:
        flash("Saved.", "info")
        return ""

    @app.get("/in")
    def log_in() -> Any:
        login_user(User("7"))
        return ""

    @app.get("/token")
    def token() -> Any:
        return create_access_token("7")

    @app.get("/old-token")
    def old_token() -> Any:
        return create_access_token("7", expires_delta=timedelta(seconds=-60))


def with_view(view: Callable[[], Any], **options: Any) -> Callable[[Flask], Any]:
    def build(app: Flask) -> None:
        a_legacy(app)
        app.add_url_rule("/r", "r", view, **options)

    return build


def at_r(endpoint: Callable[..., Any], **options: Any) -> Callable[[FastAPI], Any]:
    return lambda app: app.add_api_route("/r", endpoint, response_model=None, **options)


def bound(endpoint: Callable[..., Any], **options: Any) -> Callable[[FastAPI], Any]:
    def build(app: FastAPI) -> None:
        bind(app)
        router = APIRouter(dependencies=[Depends(legacy_request)])
        router.add_api_route("/r", endpoint, response_model=None, **options)
        app.include_router(router)

    return build


def naive_session(app: FastAPI) -> None:
    app.add_middleware(SessionMiddleware, secret_key=KEY)

    @app.get("/r")
    def page(request: Request) -> Any:
        return {"a": request.session.get("a")}


def naive_write(app: FastAPI) -> None:
    app.add_middleware(SessionMiddleware, secret_key=KEY)

    @app.get("/r")
    def page(request: Request) -> Any:
        request.session["b"] = 2
        return dict(request.session)


def naive_values(request: Request) -> Any:
    """The cookie's JSON, with its tags as they are."""
    signer = URLSafeTimedSerializer(
        KEY, salt="cookie-session", signer_kwargs={"key_derivation": "hmac", "digest_method": sha1}
    )
    kept = signer.loads(request.cookies["session"])
    return {"pair": kept["pair"], "at": kept["at"]}


def values() -> Any:
    return jsonify(pair=session["pair"], at=session["at"].isoformat())


def kept_values(session: ReadableSession) -> Any:
    return {"pair": session["pair"], "at": session["at"].isoformat()}


def write() -> Any:
    session["b"] = 2
    return jsonify(a=session.get("a"), b=session["b"])


def kept_write(session: WritableSession) -> Any:
    session["b"] = 2
    return {"a": session.get("a"), "b": session["b"]}


def kept_session(session: ReadableSession) -> Any:
    return {"a": session.get("a")}


def kept_flashes(flashes: Flashes) -> Any:
    return {"messages": [list(one) for one in flashes.take()]}


def kept_user(user: CurrentUser) -> Any:
    return {"id": None if user is None else user.id}


def kept_guard(user: LoggedIn) -> Any:
    return {"id": user.id}


def naive_guard() -> Any:
    raise HTTPException(401, "Not authenticated")


def kept_token(token: AccessToken) -> Any:
    return {"id": token.identity}


def naive_token(_: Annotated[Any, Depends(HTTPBearer())]) -> Any:
    return {"id": "7"}


def naive_form(field: Annotated[str, Form()] = "") -> Any:
    return {"field": field}


def protected(app: Flask) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = True
    with_view(lambda: jsonify(field="a"), methods=["POST"])(app)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = True
    CSRFProtect(app)
    app.add_url_rule("/form", view_func=generate_csrf, endpoint="form")


def with_hooks(app: Flask) -> None:
    with_view(lambda: jsonify(a=1))(app)

    @app.before_request
    def refuse_without_key() -> Any:
        from flask import request  # noqa: PLC0415 - beside FastAPI's of this name

        if "X-Key" not in request.headers and request.path == "/r":
            abort(403)

    @app.after_request
    def add_header(response: Any) -> Any:
        response.headers["X-Added"] = "yes"
        return response


HOOKED = bound(lambda: {"a": 1}, dependencies=[Depends(hooks("refuse_without_key", "add_header"))])
PROTECTED = bound(naive_form, methods=["POST"], dependencies=[Depends(csrf_protect)])
LOGIN = with_view(login_required(lambda: jsonify(id=current_user.get_id())))
WHO = with_view(lambda: jsonify(id=current_user.get_id()))
TOKEN = with_view(jwt_required()(lambda: jsonify(id=get_jwt_identity())))
READ = frozenset({"session.read"})
REFUSED = frozenset({"login.unauthorized"})
VERIFIED = frozenset({"jwt.verify"})


def on_page(app: Flask) -> None:
    LOGIN(app)
    app.add_url_rule("/login", view_func=lambda: "", endpoint="login")
    app.login_manager.login_view = "login"  # type: ignore[attr-defined]  # Flask-Login's own


STATE_ROWS = (
    StateRow(
        "A1", "read", with_view(lambda: jsonify(a=session.get("a"))), naive_session, bound(kept_session), READ, "/keep"
    ),
    StateRow(
        "A1",
        "written",
        with_view(write),
        naive_write,
        bound(kept_write),
        frozenset({"session.read", "session.write"}),
        "/keep",
    ),
    StateRow("A2", "types", with_view(values), at_r(naive_values), bound(kept_values), READ, "/keep"),
    StateRow(
        "A3",
        "known",
        WHO,
        at_r(lambda: {"id": None}),
        bound(kept_user),
        frozenset({"login.user"}),
        "/in",
    ),
    StateRow("A3", "refused", LOGIN, at_r(naive_guard), bound(kept_guard), REFUSED),
    StateRow(
        "A3",
        "sent_to_the_login_page",
        on_page,
        at_r(naive_guard),
        bound(kept_guard),
        REFUSED | {"session.write"},
        target="/r?x=1",
    ),
    StateRow("A4", "missing", TOKEN, at_r(naive_token), bound(kept_token), VERIFIED),
    StateRow(
        "A4",
        "malformed",
        TOKEN,
        at_r(naive_token),
        bound(kept_token),
        VERIFIED,
        headers={"authorization": "Bearer no.token.this"},
    ),
    StateRow(
        "A4",
        "expired",
        TOKEN,
        at_r(naive_token),
        bound(kept_token),
        VERIFIED,
        "/old-token",
        headers={"authorization": "Bearer {answer}"},
    ),
    StateRow(
        "A4",
        "of_another_scheme",
        TOKEN,
        at_r(naive_token),
        bound(kept_token),
        VERIFIED,
        "/token",
        headers={"authorization": "Basic {answer}"},
    ),
    StateRow(
        "A5",
        "missing",
        protected,
        at_r(naive_form, methods=["POST"]),
        PROTECTED,
        frozenset({"csrf.protect"}),
        method="POST",
        headers=FORM,
        body=b"field=a",
    ),
    StateRow("A6", "before", with_hooks, at_r(lambda: {"a": 1}), HOOKED, frozenset({"hooks.before", "hooks.after"})),
    StateRow(
        "A6",
        "after",
        with_hooks,
        at_r(lambda: {"a": 1}),
        HOOKED,
        frozenset({"hooks.before", "hooks.after"}),
        headers={"x-key": "1"},
    ),
    StateRow(
        "H2",
        "message",
        with_view(lambda: jsonify(messages=[list(one) for one in get_flashed_messages(with_categories=True)])),
        at_r(lambda: {"messages": []}),
        bound(kept_flashes),
        frozenset({"flashes.take", "session.write"}),
        "/flash",
    ),
)
