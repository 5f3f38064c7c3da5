"""A short-lived cache of JSON texts: Redis, shared with the legacy application, or this process's memory.

A cache that is down must not take the site with it: with Redis unreachable, every request asks the CMS.
"""

from __future__ import annotations

import logging
import time
from fnmatch import fnmatchcase
from typing import Literal, Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

from v2.settings import Settings


class Cache(Protocol):
    """Keys are texts without the prefix; values are JSON texts."""

    @property
    def kind(self) -> Literal["memory", "redis"]:
        """Where the values are."""
        ...

    async def get(self, key: str) -> str | None:
        """The value, or None."""
        ...

    async def set(self, key: str, value: str) -> None:
        """Keep a value for CACHE_TTL seconds."""
        ...

    async def delete(self, *patterns: str) -> list[str]:
        """Delete the keys that match; returns them, sorted. `*` matches anything."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


def build_cache(settings: Settings) -> Cache:
    """The cache that the settings ask for. Connects later."""
    if settings.redis_url:
        return RedisCache(settings.redis_url, settings.cache_prefix, settings.cache_ttl)
    return MemoryCache(settings.cache_ttl)


class MemoryCache:
    """For one event loop."""

    kind: Literal["memory"] = "memory"

    def __init__(self, ttl: int) -> None:
        self._ttl = ttl
        self._entries: dict[str, tuple[float, str]] = {}  # in the order in which they expire

    async def get(self, key: str) -> str | None:
        self._forget_expired()
        found = self._entries.get(key)
        return None if found is None else found[1]

    async def set(self, key: str, value: str) -> None:
        self._entries.pop(key, None)
        self._entries[key] = (time.monotonic() + self._ttl, value)

    async def delete(self, *patterns: str) -> list[str]:
        found = [key for key in self._entries if any(fnmatchcase(key, pattern) for pattern in patterns)]
        for key in found:
            del self._entries[key]
        return sorted(found)

    async def close(self) -> None:
        self._entries.clear()

    def _forget_expired(self) -> None:
        now = time.monotonic()
        while self._entries:
            oldest = next(iter(self._entries))
            if self._entries[oldest][0] > now:
                return
            del self._entries[oldest]


class RedisCache:
    """For every process, of both applications."""

    kind: Literal["redis"] = "redis"

    def __init__(self, url: str, prefix: str, ttl: int) -> None:
        self._prefix = prefix
        self._ttl = ttl
        self._redis = Redis.from_url(url, decode_responses=True, socket_timeout=0.5, socket_connect_timeout=0.5)
        self._log = logging.getLogger("v2.cache")

    async def get(self, key: str) -> str | None:
        try:
            value = await self._redis.get(self._prefix + key)
        except RedisError as error:
            self._log.warning("the cache cannot be read: %s", error)
            return None
        return None if value is None else str(value)

    async def set(self, key: str, value: str) -> None:
        try:
            await self._redis.set(self._prefix + key, value, ex=self._ttl)
        except RedisError as error:
            self._log.warning("the cache cannot be written: %s", error)

    async def delete(self, *patterns: str) -> list[str]:
        found: set[str] = set()
        try:
            for pattern in patterns:
                async for key in self._redis.scan_iter(match=self._prefix + pattern, count=500):
                    found.add(str(key))
            if found:
                await self._redis.delete(*found)
        except RedisError as error:
            self._log.warning("the cache cannot be cleared: %s", error)
            return []
        return sorted(key[len(self._prefix) :] for key in found)

    async def close(self) -> None:
        await self._redis.aclose()
