"""What a request may say about an employee."""

from datetime import timezone

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from legacy.extensions import db
from legacy.models import Department, Employee

REQUIRED_TEXT = validate.Length(min=1, max=60)


def _department_exists(slug):
    if db.session.scalar(db.select(Department.id).where(Department.slug == slug)) is None:
        raise ValidationError(f"There is no department {slug!r}.")


def _employee_exists(number):
    if db.session.get(Employee, number) is None:
        raise ValidationError(f"There is no employee {number}.")


class EmployeeSchema(Schema):
    class Meta:
        unknown = RAISE

    first_name = fields.String(required=True, validate=REQUIRED_TEXT)
    last_name = fields.String(required=True, validate=REQUIRED_TEXT)
    email = fields.Email(required=True, validate=validate.Length(max=160))
    title = fields.String(required=True, validate=validate.Length(min=1, max=120))
    department = fields.String(required=True, validate=_department_exists)
    manager_id = fields.Integer(strict=True, allow_none=True, load_default=None, validate=_employee_exists)
    phone = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=40))
    salary = fields.Decimal(required=True, places=2, validate=validate.Range(min=0, max=10_000_000))
    rating = fields.Float(allow_none=True, load_default=None, validate=validate.Range(min=0, max=5))
    remote = fields.Boolean(load_default=False)
    skills = fields.List(fields.String(validate=REQUIRED_TEXT), load_default=list, validate=validate.Length(max=20))
    hired_on = fields.Date(required=True)
    left_on = fields.Date(allow_none=True, load_default=None)
    last_review_at = fields.NaiveDateTime(timezone=timezone.utc, allow_none=True, load_default=None)

    @validates_schema
    def leaves_after_being_hired(self, data, **kwargs):
        hired, left = data.get("hired_on"), data.get("left_on")
        if hired and left and left < hired:
            raise ValidationError("Nobody leaves before being hired.", "left_on")


employee_schema = EmployeeSchema()
# Defaults belong to creation: a change leaves out what it does not change.
employee_changes_schema = EmployeeSchema(partial=True)
