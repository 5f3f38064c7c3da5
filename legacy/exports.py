"""Exports for spreadsheets and for the telephone system."""

import csv
import io

from flask import Blueprint, Response, jsonify, request, stream_with_context

from legacy.employees import queries
from legacy.extensions import db
from legacy.models import Employee

bp = Blueprint("exports", __name__, url_prefix="/export")

COLUMNS = ["id", "name", "email", "title", "department", "phone", "salary", "hired_on", "left_on"]


@bp.get("/employees.csv")
def employees():
    query = queries.listing(request.args.get("department"), sort="id")

    def lines():
        yield _line(COLUMNS)
        for employee in db.session.scalars(query.execution_options(yield_per=50)):
            row = employee.as_json()
            yield _line([row[column] for column in COLUMNS])

    response = Response(stream_with_context(lines()), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=employees.csv"
    return response


@bp.get("/directory.json")
def directory():
    """The phone book. The telephones ask every minute, and it hardly ever changes."""
    query = db.select(Employee).where(Employee.left_on.is_(None), Employee.phone.is_not(None)).order_by(Employee.id)
    response = jsonify(entries=[{"name": each.name, "phone": each.phone} for each in db.session.scalars(query)])
    response.add_etag()
    response.cache_control.public = True
    response.cache_control.max_age = 60
    return response.make_conditional(request)


def _line(values):
    buffer = io.StringIO()
    csv.writer(buffer).writerow(values)
    return buffer.getvalue()
