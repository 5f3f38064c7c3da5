"""Accounts: sessions for people, tokens for programs."""

from fastapi import APIRouter

from v2.accounts import account, login, tokens, whoami

router = APIRouter(tags=["accounts"])
for area in (login, account, whoami, tokens):
    router.include_router(area.router)

__all__ = ["router"]
