"""Configuration, from the environment, with defaults that work on a laptop."""

import os
from datetime import timedelta
from pathlib import Path

from legacy.tables import database_url


def _flag(name, default):
    return os.environ.get(name, default).lower() in ("1", "true", "yes", "on")


def load():
    """The configuration of this process, as a dictionary for `app.config.update`."""
    return {
        "SECRET_KEY": os.environ.get("SECRET_KEY", "dev-secret-key"),
        "SEED": _flag("SEED", "1"),
        "MAINTENANCE": _flag("MAINTENANCE", "0"),
        "API_KEY": os.environ.get("API_KEY", "dev-api-key"),
        # database
        "SQLALCHEMY_DATABASE_URI": database_url(),
        # sessions and login
        "SESSION_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_DURATION": timedelta(days=30),
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        # tokens
        "JWT_SECRET_KEY": os.environ.get("JWT_SECRET_KEY", "dev-jwt-secret-key-32-bytes-long!"),
        "JWT_ACCESS_TOKEN_EXPIRES": timedelta(minutes=15),
        "JWT_REFRESH_TOKEN_EXPIRES": timedelta(days=30),
        # files
        "UPLOAD_FOLDER": str(Path(os.environ.get("UPLOAD_FOLDER", "var/uploads")).resolve()),
        "MAX_CONTENT_LENGTH": 8 * 1024 * 1024,
        # content
        "STRAPI_URL": os.environ.get("STRAPI_URL", "").rstrip("/"),
        "STRAPI_TOKEN": os.environ.get("STRAPI_TOKEN", ""),
        "STRAPI_WEBHOOK_SECRET": os.environ.get("STRAPI_WEBHOOK_SECRET", "dev-webhook-secret"),
        "PARTNER_URL": os.environ.get("PARTNER_URL", "").rstrip("/"),
        "PARTNER_TIMEOUT": float(os.environ.get("PARTNER_TIMEOUT", "2")),
        "REDIS_URL": os.environ.get("REDIS_URL", ""),
        "CACHE_PREFIX": os.environ.get("CACHE_PREFIX", ""),
        "CACHE_TTL": int(os.environ.get("CACHE_TTL", "30")),
        "CORS_ORIGINS": [
            origin.strip() for origin in os.environ.get("CORS_ORIGINS", "http://localhost:3000").split(",")
        ],
    }
