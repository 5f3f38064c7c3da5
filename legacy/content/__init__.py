"""Articles from the CMS, and what other companies' services tell."""

from legacy.content.routes import bp

__all__ = ["bp"]
