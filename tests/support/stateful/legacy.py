"""A Flask application that keeps state in every way that compat carries across; `v2.py` is its twin, route by route.

`SESSION_REDIS_URL` in the environment, or `redis_url`, keeps its sessions in Redis by Flask-Session.
"""

from __future__ import annotations

import os
from datetime import timedelta

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    get_flashed_messages,
    redirect,
    request,
    session,
    url_for,
)
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    get_jwt,
    get_jwt_identity,
    jwt_required,
    set_access_cookies,
    unset_jwt_cookies,
)
from flask_jwt_extended import current_user as holder
from flask_login import (
    LoginManager,
    UserMixin,
    current_user,
    fresh_login_required,
    login_fresh,
    login_required,
    login_user,
    logout_user,
)
from flask_session import Session
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from redis import Redis

from tests.support.stateful.words import KEYS, form_page

pages = Blueprint("pages", __name__)
tokens = Blueprint("tokens", __name__, url_prefix="/auth")


class User(UserMixin):
    def __init__(self, number: str, name: str) -> None:
        self.id = number
        self.name = name


USERS = {"1": User("1", "Ada"), "2": User("2", "Grace")}


def create_app(**changes: object) -> Flask:
    app = Flask("stateful_legacy")
    app.config.update(
        SECRET_KEY="the key of today, long enough to sign",
        SECRET_KEY_FALLBACKS=["the key of yesterday, long enough, too"],
        SESSION_COOKIE_NAME="staff",
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=2),
        REMEMBER_COOKIE_DURATION=timedelta(days=30),
        JWT_SECRET_KEY="a key for tokens that is long enough to sign with",
        JWT_TOKEN_LOCATION=["headers", "cookies", "query_string", "json"],
        MAINTENANCE=False,
    )
    app.config.update(changes)
    redis_url = app.config.get("REDIS_URL") or os.environ.get("SESSION_REDIS_URL")
    if redis_url:
        keep_sessions_in_redis(app, redis_url)
    app.revoked = set()
    app.audit = []
    logins(app)
    jwts(app)
    csrf = CSRFProtect(app)
    csrf.exempt(tokens)
    hooks(app)
    app.register_blueprint(pages)
    app.register_blueprint(tokens)
    return app


def keep_sessions_in_redis(app: Flask, url: str) -> None:
    if prefix := os.environ.get("SESSION_REDIS_PREFIX"):
        app.config["SESSION_KEY_PREFIX"] = prefix
    app.config.update(SESSION_TYPE="redis", SESSION_REDIS=Redis.from_url(url), SESSION_PERMANENT=False)
    Session(app)


def logins(app: Flask) -> None:
    manager = LoginManager(app)
    manager.login_view = "pages.login"
    manager.refresh_view = "pages.login"
    manager.user_loader(USERS.get)
    manager.request_loader(lambda asked: USERS.get(KEYS.get(asked.headers.get("X-Key", ""), "")))


def jwts(app: Flask) -> None:
    manager = JWTManager(app)
    manager.token_in_blocklist_loader(lambda header, claims: claims["jti"] in app.revoked)
    manager.user_lookup_loader(lambda header, claims: USERS.get(claims["sub"]))
    manager.additional_claims_loader(lambda identity: {"role": "editor"})


def hooks(app: Flask) -> None:
    @app.before_request
    def refuse_during_maintenance() -> tuple[str, int] | None:
        return ("We are back soon.\n", 503) if app.config["MAINTENANCE"] else None

    @app.before_request
    def remember_request_id() -> None:
        g.request_id = request.headers.get("X-Request-Id", "none")

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "unset")
        return response

    @app.after_request
    def count_letters(response: Response) -> Response:
        if response.mimetype == "text/plain":
            response.headers["X-Letters"] = str(len(response.get_data()))
            response.set_data(response.get_data() + b"!")
        return response

    @app.teardown_request
    def write_audit_entry(error: BaseException | None) -> None:
        app.audit.append((request.path, type(error).__name__))

    @app.errorhandler(CSRFError)
    def csrf_failed(error: CSRFError) -> tuple[str, int]:
        return f"<p>{error.description}</p>\n", 400

    @app.errorhandler(403)
    def forbidden(error: Exception) -> tuple[dict[str, str], int]:
        return {"refused": str(error.description)}, 403


@pages.before_request
def note_blueprint() -> None:
    g.blueprint = request.blueprint


@pages.get("/")
def home() -> dict[str, object]:
    return {"user": current_user.name if current_user.is_authenticated else None}


@pages.get("/plain")
def plain() -> str:
    return "nothing is kept here\n"


@pages.get("/cart")
def cart() -> dict[str, object]:
    return {"cart": list(session.get("cart", ())), "since": session.get("since")}


@pages.put("/cart/<item>")
def add_to_cart(item: str) -> dict[str, object]:
    session["cart"] = [*session.get("cart", ()), item]
    return {"cart": session["cart"]}


@pages.put("/keep/<int:yes>")
def keep(yes: int) -> dict[str, object]:
    session.permanent = bool(yes)
    session["kept"] = True
    return {"permanent": session.permanent}


@pages.delete("/cart")
def empty_cart() -> dict[str, object]:
    session.clear()
    return {"cart": []}


@pages.get("/note/<text>")
def note(text: str) -> Response:
    flash(f"A note: {text}", "info")
    return redirect(url_for("pages.notes"))


@pages.get("/notes")
def notes() -> dict[str, object]:
    return {"notes": [list(pair) for pair in get_flashed_messages(with_categories=True)]}


@pages.route("/login", methods=["GET", "POST"])
def login() -> object:
    if request.method == "POST":
        user = USERS.get(KEYS.get(request.form.get("password", ""), ""))
        if user is not None:
            login_user(user, remember="remember" in request.form)
            flash(f"Welcome, {user.name}.", "success")
            return redirect(request.args.get("next") or url_for("pages.account"))
    return form_page("Log in", generate_csrf(), notes()["notes"], "password", "remember")


@pages.route("/account", methods=["GET", "POST"])
@login_required
def account() -> object:
    if request.method == "POST":
        session["nick"] = request.form["nick"]
        flash("Saved.", "success")
        return redirect(url_for("pages.account"))
    title = f"{session.get('nick') or current_user.name}, fresh: {login_fresh()}"
    return form_page(title, generate_csrf(), notes()["notes"], "nick")


@pages.get("/security")
@fresh_login_required
def security() -> dict[str, object]:
    return {"user": current_user.name}


@pages.post("/logout")
def logout() -> Response:
    logout_user()
    flash("Until soon.", "info")
    return redirect(url_for("pages.login"))


@pages.get("/forbidden")
def forbidden() -> object:
    abort(403, "Not you.")


@tokens.post("/login")
def token_login() -> object:
    number = KEYS.get((request.get_json(silent=True) or {}).get("password", ""))
    if number is None:
        abort(403, "Who are you?")
    answer = current_app.make_response(
        {"access": create_access_token(number, fresh=True), "refresh": create_refresh_token(number)}
    )
    set_access_cookies(answer, answer.get_json()["access"])
    return answer


@tokens.post("/refresh")
@jwt_required(refresh=True)
def token_refresh() -> object:
    return {"access": create_access_token(get_jwt_identity(), fresh=False)}


@tokens.route("/whoami", methods=["GET", "POST"])
@jwt_required()
def token_whoami() -> object:
    return {"identity": get_jwt_identity(), "name": holder.name, "role": get_jwt()["role"]}


@tokens.get("/maybe")
@jwt_required(optional=True)
def token_maybe() -> object:
    return {"identity": get_jwt_identity()}


@tokens.get("/fresh")
@jwt_required(fresh=True)
def token_fresh() -> object:
    return {"identity": get_jwt_identity()}


@tokens.delete("/token")
@jwt_required(verify_type=False)
def token_revoke() -> object:
    current_app.revoked.add(get_jwt()["jti"])
    answer = current_app.make_response(("", 204))
    unset_jwt_cookies(answer)
    return answer
