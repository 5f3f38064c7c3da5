"""Configuration, from the same environment variables as the legacy application. `legacy/README.md` lists them."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url

from legacy.tables import database_url

APP_VERSION = "4.12.3"  # the site's version, not this package's: clients see one site

_ASYNC_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


class Settings(BaseSettings):
    """Durations are in seconds."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    database_url: str = ""
    maintenance: str = "0"
    api_key: str = "dev-api-key"
    jwt_secret_key: str = "dev-jwt-secret-key-32-bytes-long!"  # noqa: S105 - the legacy application's own default
    legacy_app: str = ""
    """Where no gateway hosts both: what to import for legacy's error pages and tokens. `legacy.app:create_app()`."""
    upload_folder: Path = Path("var/uploads")
    strapi_url: str = ""
    strapi_token: str = ""
    strapi_webhook_secret: str = "dev-webhook-secret"  # noqa: S105 - the same
    partner_url: str = ""
    partner_timeout: float = 2.0
    redis_url: str = ""
    cache_prefix: str = ""
    cache_ttl: int = 30
    cors_origins: str = "http://localhost:3000"

    @property
    def async_database_url(self) -> URL:
        """The database of DATABASE_URL, with the asynchronous driver of its kind."""
        url = make_url(database_url({"DATABASE_URL": self.database_url}))
        url = url.set(drivername=_ASYNC_DRIVERS[url.get_backend_name()])
        if "sslmode" in url.query:  # libpq's name; asyncpg has its own
            mode = url.query["sslmode"]
            url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
        return url

    @property
    def in_maintenance(self) -> bool:
        """Whether every path but /health is closed."""
        return self.maintenance.lower() in {"1", "true", "yes", "on"}

    @property
    def origins(self) -> tuple[str, ...]:
        """Who may read answers in a browser."""
        return tuple(origin.strip() for origin in self.cors_origins.split(","))
