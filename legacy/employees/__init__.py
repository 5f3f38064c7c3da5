"""The staff directory's JSON interface."""

from legacy.employees.routes import bp

__all__ = ["bp"]
