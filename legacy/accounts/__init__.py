"""Accounts: sessions for people, tokens for programs."""

from legacy.accounts.pages import bp as pages
from legacy.accounts.tokens import bp as tokens

__all__ = ["pages", "tokens"]
