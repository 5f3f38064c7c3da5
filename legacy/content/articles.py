"""Articles, read through the cache."""

import hashlib
import hmac
from datetime import datetime

from flask import current_app, url_for


def list_articles(category, limit, start):
    """({"items": [article], "total"}, whether it came from the cache)."""
    key = f"articles:list:{category}:{limit}:{start}"
    answer, hit = _cached(key, lambda: current_app.extensions["cms"].list(category, limit, start))
    return {**answer, "items": [_article(item) for item in answer["items"]]}, hit


def get_article(slug):
    """(article or None, whether it came from the cache). What does not exist is not cached."""
    answer, hit = _cached(f"articles:item:{slug}", lambda: current_app.extensions["cms"].get(slug))
    return None if answer is None else _article(answer), hit


def invalidate(event):
    """Forget what an event of the CMS has made stale; returns the deleted keys."""
    if event.get("model") != "article":
        return []
    patterns = ["articles:list::*"]
    entry = event.get("entry") or {}
    if entry.get("slug"):
        patterns.append(f"articles:item:{entry['slug']}")
    # An entry that names no category may be in any list.
    patterns.append(f"articles:list:{entry['category']}:*" if entry.get("category") else "articles:list:*")
    return current_app.extensions["cache"].delete(*patterns)


def is_signed(body, signature):
    secret = current_app.config["STRAPI_WEBHOOK_SECRET"].encode()
    expected = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


def _cached(key, fetch):
    cache = current_app.extensions["cache"]
    value = cache.get(key)
    if value is not None:
        return value, True
    value = fetch()
    if value is not None:
        cache.set(key, value)
    return value, False


def _article(item):
    return {
        **item,
        "published_at": datetime.fromisoformat(item["published_at"]),
        "updated_at": datetime.fromisoformat(item["updated_at"]),
        "url": url_for("content.show", slug=item["slug"]),
    }
