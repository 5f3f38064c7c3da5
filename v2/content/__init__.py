"""Articles from the CMS, what other companies' services tell, and what the CMS tells us."""

from fastapi import APIRouter

from v2.content import routes, webhooks

router = APIRouter(tags=["content"])
router.include_router(routes.router)
router.include_router(webhooks.router)

__all__ = ["router"]
