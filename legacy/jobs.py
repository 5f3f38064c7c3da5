"""Work in the background: a thread for each job, its state in the database, where every worker sees it."""

import threading

from flask import Blueprint, abort, current_app, jsonify, request, url_for

from legacy.access import api_key_required
from legacy.clock import utcnow
from legacy.employees import queries
from legacy.extensions import db
from legacy.models import AuditEntry, Job

bp = Blueprint("jobs", __name__, url_prefix="/api")

LARGEST_ID = 2**31 - 1


def count_heads():
    counted = queries.departments()
    by_department = {department.slug: headcount for department, headcount, _payroll in counted}
    return {"total": sum(by_department.values()), "departments": by_department}


KINDS = {"headcount": count_heads}


@bp.post("/jobs")
@api_key_required
def start():
    """Start a job in the background."""
    payload = request.get_json()
    kind = payload.get("kind") if isinstance(payload, dict) else None
    if kind not in KINDS:
        abort(400, f"Send a kind of job: {', '.join(sorted(KINDS))}.")
    job = Job(kind=kind, status="queued", created_at=utcnow())
    db.session.add(job)
    db.session.commit()
    response = jsonify(job.as_json())
    response.status_code = 202
    response.headers["Location"] = url_for("jobs.show", id=job.id)
    app = current_app._get_current_object()
    threading.Thread(target=run, args=(app, job.id), name=f"job-{job.id}", daemon=True).start()
    return response


@bp.get("/jobs/<int:id>")
@api_key_required
def show(id):
    """Show a job and, when it is done, its result."""
    job = db.session.get(Job, id) if id <= LARGEST_ID else None
    if job is None:
        abort(404, f"There is no job {id}.")
    return job.as_json()


@bp.get("/audit")
@api_key_required
def audit():
    """Show the latest writes to the directory."""
    limit = min(max(request.args.get("limit", 20, type=int), 1), 200)
    entries = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit))
    return {"items": [entry.as_json() for entry in entries]}


def run(app, number):
    with app.app_context():
        job = db.session.get(Job, number)
        job.status = "running"
        db.session.commit()
        try:
            job.result = KINDS[job.kind]()
            job.status = "done"
        except Exception as error:
            app.logger.exception("job %d failed", number)
            db.session.rollback()
            job.status = "failed"
            job.error = str(error)
        job.finished_at = utcnow()
        db.session.commit()
