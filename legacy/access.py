"""Who may do what: API key, JWT roles, HTTP Basic. Page logins are Flask-Login's."""

import hmac
from functools import wraps

from flask import Response, abort, current_app, g, request
from flask_jwt_extended import get_jwt, get_jwt_identity, verify_jwt_in_request

from legacy.extensions import db, jwt, login_manager
from legacy.models import RevokedToken, User


def has_api_key():
    given = request.headers.get("X-Api-Key", "")
    return hmac.compare_digest(given.encode(), current_app.config["API_KEY"].encode())


def api_key_required(view):
    """401 without the API key."""

    @wraps(view)
    def guarded(*args, **kwargs):
        if not has_api_key():
            abort(401, "A valid X-Api-Key header is required.")
        g.actor = "api-key"
        return view(*args, **kwargs)

    return guarded


def writer_required(*roles):
    """The API key, or a token with one of these roles: 401 for neither, 403 for the wrong role."""

    def decorate(view):
        @wraps(view)
        def guarded(*args, **kwargs):
            if has_api_key():
                g.actor = "api-key"
            elif "Authorization" in request.headers:
                verify_jwt_in_request()
                g.actor = get_jwt_identity()
                if get_jwt().get("role") not in roles:
                    abort(403, f"This needs the role {' or '.join(roles)}.")
            else:
                abort(401, "An X-Api-Key header or a bearer token is required.")
            return view(*args, **kwargs)

        return guarded

    return decorate


def basic_auth_required(realm, role):
    """HTTP Basic with the password of a user who has this role."""

    def decorate(view):
        @wraps(view)
        def guarded(*args, **kwargs):
            credentials = request.authorization
            user = None
            if credentials is not None and credentials.type == "basic":
                user = User.authenticate(credentials.username or "", credentials.password or "")
            if user is None or user.role != role:
                challenge = Response("Please log in.\n", 401, mimetype="text/plain")
                challenge.headers["WWW-Authenticate"] = f'Basic realm="{realm}", charset="UTF-8"'
                return challenge
            g.actor = user.email
            return view(*args, **kwargs)

        return guarded

    return decorate


@login_manager.user_loader
def load_user(user_id):
    user = db.session.get(User, int(user_id))
    return user if user is not None and user.active else None


@jwt.token_in_blocklist_loader
def is_revoked(header, payload):
    return db.session.get(RevokedToken, payload["jti"]) is not None
