"""For load balancers and monitors."""

from flask import Blueprint, current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from legacy import __version__
from legacy.extensions import db

bp = Blueprint("health", __name__)


@bp.get("/health")
def health():
    """Tell whether the application can work."""
    try:
        db.session.execute(text("SELECT 1"))
        database = "ok"
    except SQLAlchemyError:
        current_app.logger.exception("the database is down")
        database = "down"
    checks = {"database": database, "cache": current_app.extensions["cache"].kind}
    healthy = database == "ok"
    return {"status": "ok" if healthy else "down", "checks": checks, "version": __version__}, 200 if healthy else 503
