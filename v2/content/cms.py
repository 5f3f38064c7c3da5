"""Where articles come from: Strapi, or the local database where no CMS is configured."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

import httpx
from sqlalchemy import RowMapping, func, select

from legacy.tables import articles, employees
from v2.content.calls import get_json
from v2.content.models import Article, ArticleList, Author, FullArticle
from v2.resources import Database, Resources


class CMS(Protocol):
    """A source of articles."""

    async def list(self, category: str, limit: int, start: int) -> ArticleList:
        """The latest first. An empty category means all."""
        ...

    async def get(self, slug: str) -> FullArticle | None:
        """One article, or None."""
        ...


def build_cms(held: Resources) -> CMS:
    """The source that the settings ask for."""
    if held.settings.strapi_url:
        return StrapiCMS(held.http, held.settings.strapi_url.rstrip("/"), held.settings.strapi_token)
    return LocalCMS(held.database)


class LocalCMS:
    """The table `articles`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, category: str, limit: int, start: int) -> ArticleList:
        chosen = articles.c.category == category if category else articles.c.id.is_not(None)
        total = await self._database.scalar(select(func.count()).select_from(articles).where(chosen))
        latest = (articles.c.published_at.desc(), articles.c.id.desc())
        rows = await self._database.all(_rows().where(chosen).order_by(*latest).offset(start).limit(limit))
        return ArticleList(items=[Article(**_members(row)) for row in rows], total=total)

    async def get(self, slug: str) -> FullArticle | None:
        row = await self._database.first(_rows().where(articles.c.slug == slug))
        return None if row is None else FullArticle(**_members(row), body=row["body"])


def _rows() -> Any:
    author = (employees.c.first_name, employees.c.last_name, employees.c.slug.label("author_slug"))
    return select(articles, *author).outerjoin_from(articles, employees)


def _members(row: RowMapping) -> dict[str, Any]:
    author = None
    if row["author_slug"] is not None:
        author = Author(name=f"{row['first_name']} {row['last_name']}", slug=row["author_slug"])
    names = ("id", "slug", "title", "summary", "category", "published_at", "updated_at")
    return {**{name: row[name] for name in names}, "author": author}


class StrapiCMS:
    """Strapi 4's REST interface: attributes below `data`, relations only when populated."""

    def __init__(self, client: httpx.AsyncClient, url: str, token: str) -> None:
        self._client = client
        self._url = f"{url}/api/articles"
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def list(self, category: str, limit: int, start: int) -> ArticleList:
        parameters: dict[str, str | int] = {
            "populate": "author",
            "sort": "publishedAt:desc",
            "fields": "slug,title,summary,category,publishedAt,updatedAt",
            "pagination[start]": start,
            "pagination[limit]": limit,
        }
        if category:
            parameters["filters[category][$eq]"] = category
        answer = await self._ask(parameters)
        return ArticleList(
            items=[Article(**_attributes(entry)) for entry in answer["data"]],
            total=answer["meta"]["pagination"]["total"],
        )

    async def get(self, slug: str) -> FullArticle | None:
        answer = await self._ask({"populate": "author", "filters[slug][$eq]": slug, "pagination[limit]": 1})
        if not answer["data"]:
            return None
        entry = answer["data"][0]
        return FullArticle(**_attributes(entry), body=entry["attributes"]["content"])

    async def _ask(self, parameters: dict[str, str | int]) -> Any:
        return await get_json(self._client, self._url, parameters, whose="CMS", headers=self._headers)


def _attributes(entry: Any) -> dict[str, Any]:
    attributes = entry["attributes"]
    author = attributes["author"]["data"]
    return {
        "id": entry["id"],
        "slug": attributes["slug"],
        "title": attributes["title"],
        "summary": attributes["summary"],
        "category": attributes["category"],
        "author": author and Author(name=author["attributes"]["name"], slug=author["attributes"]["slug"]),
        "published_at": _without_zone(attributes["publishedAt"]),
        "updated_at": _without_zone(attributes["updatedAt"]),
    }


def _without_zone(value: str) -> datetime:
    """`2024-05-01T10:00:00.000Z` as the database has it."""
    return datetime.fromisoformat(value).replace(tzinfo=None)
