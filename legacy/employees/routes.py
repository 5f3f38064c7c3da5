from flask import Blueprint, abort, jsonify, request, url_for
from flask_login import current_user
from marshmallow import ValidationError

from legacy.access import basic_auth_required, writer_required
from legacy.clock import utcnow
from legacy.employees import queries
from legacy.employees.schemas import employee_changes_schema, employee_schema
from legacy.errors import ValidationFailed
from legacy.extensions import db
from legacy.models import Employee

bp = Blueprint("employees", __name__)


@bp.get("/employees")
def index():
    """List employees, a page at a time."""
    department = request.args.get("department")
    # type=bool is bool("false") == True: any non-empty value means true. Two mobile apps send "0" and "1" by now
    # and filter on their side, so it stays.
    remote = request.args.get("remote", type=bool)
    sort = request.args.get("sort", "last_name")
    page = db.paginate(
        queries.listing(department, remote, sort),
        page=request.args.get("page", 1, type=int),
        per_page=request.args.get("per_page", 20, type=int),
        max_per_page=100,
    )

    def url_of(number):
        arguments = {**request.args.to_dict(), "page": number}
        return url_for("employees.index", **arguments) if number else None

    following = url_of(page.next_num)
    preceding = url_of(page.prev_num)
    response = jsonify(
        items=[employee.as_json() for employee in page.items],
        page=page.page,
        per_page=page.per_page,
        pages=page.pages,
        total=page.total,
        next=following,
        prev=preceding,
    )
    links = [f'<{url}>; rel="{rel}"' for rel, url in (("next", following), ("prev", preceding)) if url]
    if links:
        response.headers["Link"] = ", ".join(links)
    return response


@bp.post("/employees")
@writer_required("admin", "editor")
def create():
    """Add an employee."""
    employee = queries.create(_payload(employee_schema))
    response = jsonify(employee.as_json())
    response.status_code = 201
    response.headers["Location"] = url_for("employees.by_id", id=employee.id)
    return response


@bp.get("/employees/search")
def search():
    """Find employees by words in their name, e-mail address or title."""
    words = request.args["q"]
    limit = min(max(request.args.get("limit", 10, type=int), 1), 50)
    found = queries.search(words, limit)
    return jsonify(query=words, count=len(found), items=[employee.as_json() for employee in found])


@bp.get("/employees/rated/<float:minimum>")
def rated(minimum):
    """List who is rated at least this high."""
    query = db.select(Employee).where(Employee.rating >= minimum).order_by(Employee.rating.desc(), Employee.id)
    items = [{"id": each.id, "name": each.name, "rating": each.rating} for each in db.session.scalars(query)]
    return {"minimum": minimum, "count": len(items), "items": items}


@bp.get("/employee/<int:id>")
def by_id(id):
    """Show an employee by number."""
    return queries.by_id(id).as_json()


@bp.get("/employee/<slug>")
def by_slug(slug):
    """Show an employee by name."""
    return queries.by_slug(slug).as_json()


@bp.get("/employee/me")
def me():
    """Show the employee who is logged in."""
    if not current_user.is_authenticated:
        abort(401, "Please log in first.")
    if current_user.employee is None:
        abort(404, "This account belongs to no employee.")
    return current_user.employee.as_json()


@bp.get("/employee/<int:id>/reports")
def reports(id):
    """List who reports to an employee."""
    manager = queries.by_id(id)
    query = db.select(Employee).where(Employee.manager_id == id).order_by(Employee.last_name, Employee.id)
    people = [employee.as_json() for employee in db.session.scalars(query)]
    return {"manager": {"id": manager.id, "name": manager.name}, "count": len(people), "items": people}


@bp.put("/employee/<int:id>")
@writer_required("admin", "editor")
def replace(id):
    """Replace everything that is known about an employee."""
    employee = queries.by_id(id)
    queries.change(employee, _payload(employee_schema))
    return employee.as_json()


@bp.patch("/employee/<int:id>")
@writer_required("admin", "editor")
def change(id):
    """Change some fields of an employee."""
    employee = queries.by_id(id)
    queries.change(employee, _payload(employee_changes_schema))
    return employee.as_json()


@bp.delete("/employee/<int:id>")
@writer_required("admin")
def delete(id):
    """Remove an employee."""
    queries.delete(queries.by_id(id))
    return "", 204


@bp.get("/departments")
def departments():
    """List the departments with their head count and payroll."""
    items = [
        {
            "id": department.id,
            "slug": department.slug,
            "name": department.name,
            "city": department.city,
            "headcount": headcount,
            "payroll": payroll,
        }
        for department, headcount, payroll in queries.departments()
    ]
    return {"items": items}


@bp.get("/payroll")
@basic_auth_required("payroll", role="admin")
def payroll():
    """Show the monthly payroll, for the accounting system of 2012."""
    departments = {department.slug: amount for department, headcount, amount in queries.departments()}
    return {
        "total": sum(departments.values()),
        "currency": "EUR",
        "departments": departments,
        "as_of": utcnow().date(),
    }


def _payload(schema):
    """The validated JSON body: 400 or 415 when it is no JSON, 422 when it is not valid."""
    try:
        return schema.load(request.get_json())
    except ValidationError as error:
        raise ValidationFailed(error.normalized_messages()) from error
