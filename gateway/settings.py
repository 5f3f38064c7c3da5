"""Process settings, from the environment: prefix `GATEWAY_`, secrets also as `GATEWAY_..._FILE`.

What belongs to a route is in the map; what belongs to a process is here. A command-line option wins over its variable.
"""

from __future__ import annotations

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway.exchange import Side

LogFormat = Literal["auto", "json", "console"]
LogLevel = Literal["debug", "info", "warning", "error"]


class Settings(BaseSettings):
    """Every setting of a process. Durations are in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", extra="ignore", frozen=True)

    map: Annotated[Path, Field(validate_default=True)] = Path("migration_map.yaml")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    console_host: str = "127.0.0.1"
    console_port: Annotated[int, Field(ge=0, le=65535)] = 8081
    workers: Annotated[int, Field(ge=1, le=256)] = 1
    force: Side | None = None
    """`legacy` or `v2`: every request goes there, whatever the map says."""

    console_names: str = ""
    """Names, comma separated, that the console may be asked by, beside `localhost` and addresses."""
    token: Annotated[str, Field(repr=False)] = ""
    """The operator's: it may read and change everything on the console."""
    token_file: Path | None = None
    read_token: Annotated[str, Field(repr=False)] = ""
    """For people and programs that only look."""
    read_token_file: Path | None = None

    log_format: LogFormat = "auto"
    log_level: LogLevel = "info"
    access_log: bool = True

    grace: Annotated[float, Field(ge=0)] = 30.0
    """How long requests in flight may take after SIGTERM."""
    keep_alive: Annotated[float, Field(gt=0)] = 5.0
    """How long an idle connection is kept; more than whatever stands in front keeps it."""
    head_timeout: Annotated[float, Field(gt=0)] = 10.0
    """How long a client may take to send its request line and headers."""
    body_timeout: Annotated[float, Field(gt=0)] = 60.0
    """How long a client may take to send a body that legacy waits for."""
    max_body: Annotated[int, Field(ge=0)] = 1024**3
    """The largest body that is received for legacy; a larger one gets a 413."""
    spool_body: Annotated[int, Field(ge=0)] = 1024**2
    """The part of a body that is kept in memory; the rest goes to a temporary file."""
    write_timeout: Annotated[float, Field(gt=0)] = 60.0
    """How long a client may leave a started answer of legacy unread."""
    bridge_queue: Annotated[int, Field(ge=1)] = 1000
    """How many requests may wait for a thread of the bridge; the next gets a 503."""
    trusted_proxies: str = ""
    """Addresses or networks, comma separated, whose `X-Forwarded-For` and `-Proto` are believed. Empty: nobody's."""

    evidence: str = ""
    """Where evidence is kept: a URL of SQLAlchemy, `off`, or empty for `.gateway/evidence.sqlite3` beside the map."""
    evidence_max_age: Annotated[float, Field(gt=0)] = 30.0
    """How many days evidence is kept."""
    evidence_max_bytes: Annotated[int, Field(ge=1024**2)] = 512 * 1024**2
    """About how much evidence is kept; over that, every route keeps a fair share."""
    redact: str = ""
    """Names of fields, parameters and headers, comma separated, that are redacted beside the built-in ones."""

    @field_validator("map", "token_file", "read_token_file", mode="after")
    @classmethod
    def _files_are_absolute(cls, value: Path | None) -> Path | None:
        """Before any application is imported: one that changes the directory would move every relative path."""
        return None if value is None else value.absolute()

    @field_validator("evidence")
    @classmethod
    def _evidence_is_absolute(cls, value: str) -> str:
        return absolute_store(value)

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_named(cls, value: str) -> str:
        for network in (part.strip() for part in value.split(",")):
            if network:
                try:
                    ip_network(network)
                except ValueError as error:
                    raise ValueError(f"{network!r} is no address or network: {error}") from error
        return value

    @model_validator(mode="after")
    def _console_is_protected(self) -> Settings:
        operator, reader = self.secret_token, self.secret_read_token
        for name, token in (("GATEWAY_TOKEN", operator), ("GATEWAY_READ_TOKEN", reader)):
            if token and len(token) < MINIMUM_TOKEN:
                raise ValueError(f"{name} needs at least {MINIMUM_TOKEN} characters")
            if token != token.strip() or not token.isprintable():
                raise ValueError(f"{name} cannot be sent in a header: it has blanks around it, or a line in it")
        if operator and operator == reader:
            raise ValueError("GATEWAY_READ_TOKEN is the same as GATEWAY_TOKEN, so it would change things; take another")
        if not self.console_is_loopback and not (operator or reader):
            raise ValueError(
                f"the console is bound to {self.console_host}, so it needs GATEWAY_TOKEN or GATEWAY_TOKEN_FILE with at "
                f"least {MINIMUM_TOKEN} characters; bind it to 127.0.0.1 to do without",
            )
        return self

    @property
    def console_is_loopback(self) -> bool:
        """Whether only this machine can reach the console."""
        return self.console_host in {"127.0.0.1", "::1", "localhost"}

    @property
    def secret_token(self) -> str:
        """The operator's token, from the variable or from the file. Raises ValueError for a file that is unreadable."""
        return _secret(self.token, self.token_file)

    @property
    def secret_read_token(self) -> str:
        """The read-only token, as `secret_token`."""
        return _secret(self.read_token, self.read_token_file)


MINIMUM_TOKEN = 32


_RELATIVE_SQLITE = re.compile(r"(sqlite(?:\+\w+)?:///)(?![/:]|file:)([^?]+)(.*)")
"""A URL of SQLAlchemy that names a file from the current directory; four slashes begin an absolute path."""


def absolute_store(url: str) -> str:
    """The same store, whatever the current directory is later."""
    found = _RELATIVE_SQLITE.fullmatch(url)
    return url if found is None else f"{found[1]}{Path(found[2]).absolute()}{found[3]}"


def _secret(value: str, file: Path | None) -> str:
    if file is None:
        return value
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise ValueError(f"the console's token cannot be read from {file}: {error}") from error
