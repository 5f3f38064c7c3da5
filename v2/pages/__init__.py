"""The pages that people see."""

from fastapi import APIRouter

from v2.pages import description, directory, home, news, site

router = APIRouter(tags=["pages"])
for area in (home, directory, news, description, site):
    router.include_router(area.router)

__all__ = ["router"]
