"""What happens around every request: maintenance, request ids, security headers, the audit log."""

from flask import Response, abort, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from legacy import __version__
from legacy.clock import utcnow
from legacy.extensions import db
from legacy.models import AuditEntry

AUDITED_METHODS = {"POST", "PUT", "PATCH", "DELETE"}


def refuse_during_maintenance():
    if not current_app.config["MAINTENANCE"] or request.path == "/health" or request.path.startswith("/static/"):
        return None
    response = Response("We are back in a few minutes.\n", 503, mimetype="text/plain")
    response.headers["Retry-After"] = "120"
    return response


def remember_request_id():
    request_id = request.headers.get("X-Request-ID", "")
    if len(request_id) > 100:
        abort(400, "X-Request-ID is too long.")
    g.request_id = request_id


def add_headers(response):
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers["X-App-Version"] = __version__
    if g.get("request_id"):
        response.headers["X-Request-ID"] = g.request_id
    return response


def note_status(response):
    g.status = response.status_code
    return response


def write_audit_entry(error):
    """Runs when the request is torn down, so that the entry is written whatever became of the request."""
    if request.method not in AUDITED_METHODS or not request.path.startswith("/employee"):
        return
    try:
        db.session.rollback()  # whatever the view left uncommitted is not ours to commit
        db.session.add(
            AuditEntry(
                method=request.method,
                path=request.path[:300],
                status=g.get("status", 500),
                actor=g.get("actor", "anonymous"),
                at=utcnow(),
            )
        )
        db.session.commit()
    except SQLAlchemyError:
        current_app.logger.exception("the audit entry of %s %s is lost", request.method, request.path)


def register(app):
    app.before_request(refuse_during_maintenance)
    app.before_request(remember_request_id)
    app.after_request(note_status)
    app.after_request(add_headers)
    app.teardown_request(write_audit_entry)
