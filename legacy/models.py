"""The classes behind the tables. `as_json` gives plain values; Flask's JSON provider decides their wire format."""

from flask import url_for
from flask_login import UserMixin

from legacy import tables
from legacy.extensions import db
from legacy.passwords import verify_password


class Department(db.Model):
    __table__ = tables.departments


class Employee(db.Model):
    __table__ = tables.employees

    department = db.relationship(Department, lazy="joined", innerjoin=True)
    manager = db.relationship("Employee", remote_side=[tables.employees.c.id])

    @property
    def name(self):
        return f"{self.first_name} {self.last_name}"

    def as_json(self):
        return {
            "id": self.id,
            "slug": self.slug,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "name": self.name,
            "email": self.email,
            "title": self.title,
            "department": self.department.slug,
            "manager_id": self.manager_id,
            "phone": self.phone,
            "salary": self.salary,
            "rating": self.rating,
            "remote": self.remote,
            "skills": self.skills,
            "hired_on": self.hired_on,
            "left_on": self.left_on,
            "last_review_at": self.last_review_at,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "url": url_for("employees.by_id", id=self.id),
        }


class User(UserMixin, db.Model):
    __table__ = tables.users

    employee = db.relationship(Employee)

    @property
    def is_active(self):  # Flask-Login asks for this name
        return self.active

    def check_password(self, password):
        return verify_password(self.password_hash, password)

    @classmethod
    def by_email(cls, email):
        return db.session.scalar(db.select(cls).where(cls.email == email.strip().lower()))

    @classmethod
    def authenticate(cls, email, password):
        """The active user with this password, or None."""
        user = cls.by_email(email)
        if user is None or not user.active or not user.check_password(password):
            return None
        return user


class RevokedToken(db.Model):
    __table__ = tables.revoked_tokens


class Article(db.Model):
    __table__ = tables.articles

    author = db.relationship(Employee)


class Record(db.Model):
    __table__ = tables.records


class Document(db.Model):
    __table__ = tables.documents

    def as_json(self):
        return {
            "id": self.id,
            "name": self.name,
            "content_type": self.content_type,
            "size": self.size,
            "sha256": self.sha256,
            "uploaded_by": self.uploaded_by,
            "uploaded_at": self.uploaded_at,
            "url": url_for("files.download", id=self.id),
        }


class Job(db.Model):
    __table__ = tables.jobs

    def as_json(self):
        return {
            "id": self.id,
            "kind": self.kind,
            "status": self.status,
            "result": self.result,
            "error": self.error,
            "created_at": self.created_at,
            "finished_at": self.finished_at,
        }


class AuditEntry(db.Model):
    __table__ = tables.audit_log

    def as_json(self):
        return {
            "id": self.id,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "actor": self.actor,
            "at": self.at,
        }
