"""Articles: as they are cached, which is a contract with the legacy application, and as clients see them."""

from __future__ import annotations

from datetime import datetime

from v2.wire import HttpDate, Model, path_segment


class Author(Model):
    name: str
    slug: str


class Article(Model):
    """In the cache: JSON with times in ISO 8601, without a zone."""

    id: int
    slug: str
    title: str
    summary: str | None
    category: str
    author: Author | None
    published_at: datetime
    updated_at: datetime


class FullArticle(Article):
    body: str


class ArticleList(Model):
    items: list[Article]
    total: int


class ShownArticle(Article):
    published_at: HttpDate
    updated_at: HttpDate
    url: str


class ShownFullArticle(ShownArticle):
    body: str


class ArticlePage(Model):
    items: list[ShownArticle]
    total: int
    limit: int
    start: int


def shown(article: Article) -> ShownArticle:
    """A list's entry."""
    return ShownArticle(**dict(article), url=_url(article))


def shown_in_full(article: FullArticle) -> ShownFullArticle:
    """The article with its body."""
    return ShownFullArticle(**dict(article), url=_url(article))


def _url(article: Article) -> str:
    return f"/articles/{path_segment(article.slug)}"
