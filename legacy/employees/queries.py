"""Reading and writing employees."""

from sqlalchemy import func, or_
from werkzeug.exceptions import BadRequest, Conflict, NotFound

from legacy.clock import utcnow
from legacy.extensions import db
from legacy.models import Department, Employee
from legacy.seed import slugify

LARGEST_ID = 2**31 - 1  # what an INTEGER column holds; a larger number in a URL is nobody's

SORT_COLUMNS = {
    "id": Employee.id,
    "last_name": Employee.last_name,
    "hired_on": Employee.hired_on,
    "salary": Employee.salary,
    "rating": Employee.rating,
}


def by_id(number):
    employee = db.session.get(Employee, number) if number <= LARGEST_ID else None
    if employee is None:
        raise NotFound(f"There is no employee {number}.")
    return employee


def by_slug(slug):
    employee = db.session.scalar(db.select(Employee).where(Employee.slug == slug))
    if employee is None:
        raise NotFound(f"There is no employee {slug!r}.")
    return employee


def listing(department=None, remote=None, sort="last_name"):
    """A select of employees; the id decides between equals, so that pages never overlap."""
    query = db.select(Employee)
    if department:
        query = query.join(Employee.department).where(Department.slug == department)
    if remote is not None:
        query = query.where(Employee.remote == remote)
    column = SORT_COLUMNS.get(sort.lstrip("-"))
    if column is None:
        raise BadRequest(f"Cannot sort by {sort!r}; choose from {', '.join(sorted(SORT_COLUMNS))}.")
    order = column.desc() if sort.startswith("-") else column.asc()
    return query.order_by(order.nulls_last(), Employee.id)


def search(words, limit):
    query = db.select(Employee)
    for word in words.split():
        columns = (Employee.first_name, Employee.last_name, Employee.email, Employee.title)
        query = query.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return db.session.scalars(query.order_by(Employee.last_name, Employee.id).limit(limit)).all()


def departments():
    """(Department, head count, payroll) of each, people who left not counted."""
    query = (
        db.select(
            Department, func.count(Employee.id), func.coalesce(func.sum(Employee.salary), 0, type_=Employee.salary.type)
        )
        .outerjoin(Employee, (Employee.department_id == Department.id) & Employee.left_on.is_(None))
        .group_by(Department.id)
        .order_by(Department.slug)
    )
    return db.session.execute(query).all()


def create(data):
    _refuse_taken_email(data["email"])
    now = utcnow()
    employee = Employee(slug=_free_slug(f"{data['first_name']} {data['last_name']}"), created_at=now)
    _apply(employee, data, now)
    db.session.add(employee)
    db.session.commit()
    return employee


def change(employee, data):
    if "email" in data and data["email"] != employee.email:
        _refuse_taken_email(data["email"])
    _apply(employee, data, utcnow())
    db.session.commit()


def delete(employee):
    db.session.delete(employee)
    db.session.commit()


def _apply(employee, data, now):
    values = dict(data)
    if "department" in values:
        values["department"] = db.session.scalar(db.select(Department).where(Department.slug == values["department"]))
    for name, value in values.items():
        setattr(employee, name, value)
    employee.updated_at = now


def _refuse_taken_email(email):
    if db.session.scalar(db.select(Employee.id).where(Employee.email == email)) is not None:
        raise Conflict(f"The e-mail address {email} is taken.")


def _free_slug(name):
    base = slugify(name) or "employee"
    taken = set(db.session.scalars(db.select(Employee.slug).where(Employee.slug.startswith(base, autoescape=True))))
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
