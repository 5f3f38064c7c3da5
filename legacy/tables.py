"""The database schema, as plain SQLAlchemy tables.

Plain on purpose: scripts, reports and other services share these tables without importing the web application.
`legacy.models` maps classes onto them. Times are UTC and stored without a zone, as they always were.
"""

import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

DEFAULT_DATABASE = "var/legacy.sqlite3"


def database_url(environ: Mapping[str, str] = os.environ) -> str:
    """Where the tables live: DATABASE_URL, or an SQLite file below the current directory.

    Heroku-style `postgres://` and driverless `postgresql://` mean psycopg 3.
    """
    url = environ.get("DATABASE_URL") or f"sqlite:///{Path(DEFAULT_DATABASE).resolve()}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url


class Money(TypeDecorator[Decimal]):
    """A Decimal with two places. SQLite has no decimal type, so there it is kept in cents."""

    impl = Numeric(12, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else Numeric(12, 2))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | int | None:
        if value is None or dialect.name != "sqlite":
            return value
        return int(Decimal(value).scaleb(2).to_integral_value())

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value).scaleb(-2) if dialect.name == "sqlite" else Decimal(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

departments = Table(
    "departments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", String(40), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("city", String(80), nullable=False),
)

employees = Table(
    "employees",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", String(120), nullable=False, unique=True),
    Column("first_name", String(60), nullable=False),
    Column("last_name", String(60), nullable=False, index=True),
    Column("email", String(160), nullable=False, unique=True),
    Column("title", String(120), nullable=False),
    Column("department_id", ForeignKey("departments.id"), nullable=False, index=True),
    Column("manager_id", ForeignKey("employees.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("phone", String(40), nullable=True),
    Column("salary", Money, nullable=False),
    Column("rating", Float, nullable=True),
    Column("remote", Boolean, nullable=False, default=False),
    Column("skills", JSON, nullable=False),  # a list of strings
    Column("hired_on", Date, nullable=False),
    Column("left_on", Date, nullable=True),
    Column("last_review_at", DateTime, nullable=True),
    Column("created_at", DateTime, nullable=False),
    Column("updated_at", DateTime, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(160), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("role", String(20), nullable=False),  # admin, editor or staff
    Column("active", Boolean, nullable=False, default=True),
    Column("employee_id", ForeignKey("employees.id", ondelete="SET NULL"), nullable=True),
    Column("created_at", DateTime, nullable=False),
)

revoked_tokens = Table(
    "revoked_tokens",
    metadata,
    Column("jti", String(40), primary_key=True),
    Column("revoked_at", DateTime, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", String(160), nullable=False, unique=True),
    Column("title", String(200), nullable=False),
    Column("summary", String(400), nullable=True),
    Column("body", Text, nullable=False),
    Column("category", String(40), nullable=False, index=True),
    Column("author_id", ForeignKey("employees.id", ondelete="SET NULL"), nullable=True),
    Column("published_at", DateTime, nullable=False, index=True),
    Column("updated_at", DateTime, nullable=False),
)

records = Table(
    "records",  # what POST /data receives
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("text", String(500), nullable=False),
    Column("received_at", DateTime, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Uuid, primary_key=True),  # uuid5 of name and content: the same upload twice is one document
    Column("name", String(160), nullable=False),
    Column("content_type", String(120), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("uploaded_by", String(160), nullable=False),
    Column("uploaded_at", DateTime, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("status", String(20), nullable=False),  # queued, running, done or failed
    Column("result", JSON, nullable=True),
    Column("error", Text, nullable=True),
    Column("created_at", DateTime, nullable=False),
    Column("finished_at", DateTime, nullable=True),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("method", String(10), nullable=False),
    Column("path", String(300), nullable=False),
    Column("status", Integer, nullable=False),
    Column("actor", String(160), nullable=False),
    Column("at", DateTime, nullable=False),
)
