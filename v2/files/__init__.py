"""Uploads and downloads: a store by content, its interface for programs, and the files of the site."""

from fastapi import APIRouter

from v2.files import downloads, page, programs

router = APIRouter(tags=["files"])
router.include_router(programs.router)
router.include_router(page.router)
router.include_router(downloads.router)

__all__ = ["router"]
