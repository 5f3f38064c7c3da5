"""The staff directory's JSON interface, the part that reads."""

from v2.employees.routes import router

__all__ = ["router"]
