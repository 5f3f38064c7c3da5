from flask import Blueprint, abort, current_app, jsonify, request
from flask_jwt_extended import create_access_token, create_refresh_token, get_jwt, get_jwt_identity, jwt_required

from legacy.clock import utcnow
from legacy.extensions import csrf, db
from legacy.models import RevokedToken, User

bp = Blueprint("tokens", __name__, url_prefix="/auth")
csrf.exempt(bp)


@bp.post("/login")
def login():
    """Exchange an e-mail address and a password for tokens."""
    payload = request.get_json()
    if not isinstance(payload, dict) or not all(isinstance(payload.get(key), str) for key in ("email", "password")):
        abort(400, "Send a JSON object with email and password.")
    user = User.authenticate(payload["email"], payload["password"])
    if user is None:
        abort(401, "The e-mail address or the password is wrong.")
    return jsonify(
        access_token=_access_token(user, fresh=True),
        refresh_token=create_refresh_token(user.email),
        token_type="bearer",
        expires_in=_lifetime(),
    )


@bp.post("/refresh")
@jwt_required(refresh=True)
def refresh():
    """Exchange a refresh token for a new access token."""
    return jsonify(
        access_token=_access_token(_current_user(), fresh=False), token_type="bearer", expires_in=_lifetime()
    )


@bp.get("/whoami")
@jwt_required()
def whoami():
    """Tell who the token belongs to."""
    user = _current_user()
    return {
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "employee_id": user.employee_id,
        "fresh": get_jwt()["fresh"],
    }


@bp.delete("/token")
@jwt_required(verify_type=False)
def revoke():
    """Revoke the token of this request."""
    db.session.add(RevokedToken(jti=get_jwt()["jti"], revoked_at=utcnow()))
    db.session.commit()
    return "", 204


def _access_token(user, fresh):
    return create_access_token(user.email, fresh=fresh, additional_claims={"role": user.role})


def _lifetime():
    return int(current_app.config["JWT_ACCESS_TOKEN_EXPIRES"].total_seconds())


def _current_user():
    user = User.by_email(get_jwt_identity())
    if user is None or not user.active:
        abort(401, "This account no longer exists.")
    return user
