"""The staff directory's JSON interface."""

from fastapi import APIRouter

from v2.employees import departments, lists, reading, writing

router = APIRouter(tags=["employees"])
# The first declared route wins here, not the most specific: fixed paths before those with a parameter.
for area in (lists, departments, reading, writing):
    router.include_router(area.router)

__all__ = ["router"]
