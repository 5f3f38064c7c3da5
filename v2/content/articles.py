"""Articles, read through the cache."""

from __future__ import annotations

from v2.content.cms import build_cms
from v2.content.models import ArticleList, FullArticle
from v2.resources import Resources


async def list_articles(held: Resources, category: str, limit: int, start: int) -> tuple[ArticleList, bool]:
    """The articles, and whether they came from the cache."""
    key = f"articles:list:{category}:{limit}:{start}"
    cached = await held.cache.get(key)
    if cached is not None:
        return ArticleList.model_validate_json(cached), True
    found = await build_cms(held).list(category, limit, start)
    await held.cache.set(key, found.model_dump_json())
    return found, False


async def get_article(held: Resources, slug: str) -> tuple[FullArticle | None, bool]:
    """The article, and whether it came from the cache. What does not exist is not cached."""
    key = f"articles:item:{slug}"
    cached = await held.cache.get(key)
    if cached is not None:
        return FullArticle.model_validate_json(cached), True
    found = await build_cms(held).get(slug)
    if found is not None:
        await held.cache.set(key, found.model_dump_json())
    return found, False
