"""A short-lived cache of JSON values: Redis where there is one, else this process's memory.

A cache that is down must not take the site with it: with Redis unreachable, every request asks the CMS.
"""

import json
import logging
import threading
import time
from fnmatch import fnmatchcase

import redis

logger = logging.getLogger(__name__)


def build(config):
    if config["REDIS_URL"]:
        return RedisCache(config["REDIS_URL"], config["CACHE_PREFIX"], config["CACHE_TTL"])
    return MemoryCache(config["CACHE_TTL"])


class MemoryCache:
    kind = "memory"

    def __init__(self, ttl):
        self.ttl = ttl
        self._entries = {}
        self._lock = threading.Lock()

    def get(self, key):
        with self._lock:
            expires, value = self._entries.get(key, (0, None))
            if expires <= time.monotonic():
                self._entries.pop(key, None)
                return None
        return json.loads(value)

    def set(self, key, value):
        with self._lock:
            self._entries[key] = (time.monotonic() + self.ttl, json.dumps(value))

    def delete(self, *patterns):
        """Delete the keys that match; returns them, sorted. `*` matches anything."""
        with self._lock:
            found = {key for key in self._entries if any(fnmatchcase(key, pattern) for pattern in patterns)}
            for key in found:
                del self._entries[key]
        return sorted(found)


class RedisCache:
    kind = "redis"

    def __init__(self, url, prefix, ttl):
        self.prefix = prefix
        self.ttl = ttl
        self._redis = redis.Redis.from_url(url, decode_responses=True, socket_timeout=0.5, socket_connect_timeout=0.5)

    def get(self, key):
        try:
            value = self._redis.get(self.prefix + key)
        except redis.RedisError as error:
            logger.warning("the cache cannot be read: %s", error)
            return None
        return None if value is None else json.loads(value)

    def set(self, key, value):
        try:
            self._redis.set(self.prefix + key, json.dumps(value), ex=self.ttl)
        except redis.RedisError as error:
            logger.warning("the cache cannot be written: %s", error)

    def delete(self, *patterns):
        """Delete the keys that match; returns them, sorted. `*` matches anything."""
        found = set()
        try:
            for pattern in patterns:
                found.update(self._redis.scan_iter(match=self.prefix + pattern, count=500))
            if found:
                self._redis.delete(*found)
        except redis.RedisError as error:
            logger.warning("the cache cannot be cleared: %s", error)
            return []
        return sorted(key[len(self.prefix) :] for key in found)
