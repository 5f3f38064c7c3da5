"""Where articles come from: Strapi, or the local database where no CMS is configured.

Both give plain JSON values, so that they can be cached. An article is
`{"id", "slug", "title", "summary", "category", "author": {"name", "slug"} or null, "published_at", "updated_at", "body"}` with
times in ISO 8601 without a zone; a list is `{"items": [article without body], "total"}`.
"""

from datetime import datetime, timezone

import requests
from sqlalchemy import func
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import BadGateway, GatewayTimeout

from legacy.extensions import db
from legacy.models import Article


def build(config):
    if config["STRAPI_URL"]:
        return StrapiCMS(config["STRAPI_URL"], config["STRAPI_TOKEN"], config["PARTNER_TIMEOUT"])
    return LocalCMS()


class LocalCMS:
    def list(self, category, limit, start):
        query = db.select(Article)
        if category:
            query = query.where(Article.category == category)
        total = db.session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True))
        query = query.options(joinedload(Article.author)).order_by(Article.published_at.desc(), Article.id.desc())
        articles = db.session.scalars(query.offset(start).limit(limit))
        return {"items": [self._describe(article) for article in articles], "total": total}

    def get(self, slug):
        article = db.session.scalar(db.select(Article).where(Article.slug == slug))
        return None if article is None else {**self._describe(article), "body": article.body}

    @staticmethod
    def _describe(article):
        author = article.author
        return {
            "id": article.id,
            "slug": article.slug,
            "title": article.title,
            "summary": article.summary,
            "category": article.category,
            "author": author and {"name": author.name, "slug": author.slug},
            "published_at": article.published_at.isoformat(),
            "updated_at": article.updated_at.isoformat(),
        }


class StrapiCMS:
    """Strapi 4's REST interface: attributes below `data`, relations only when populated."""

    def __init__(self, url, token, timeout):
        self.url = f"{url}/api/articles"
        self.timeout = timeout
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def list(self, category, limit, start):
        parameters = {
            "populate": "author",
            "sort": "publishedAt:desc",
            "fields": "slug,title,summary,category,publishedAt,updatedAt",
            "pagination[start]": start,
            "pagination[limit]": limit,
        }
        if category:
            parameters["filters[category][$eq]"] = category
        answer = self._ask(parameters)
        return {
            "items": [self._describe(entry) for entry in answer["data"]],
            "total": answer["meta"]["pagination"]["total"],
        }

    def get(self, slug):
        answer = self._ask({"populate": "author", "filters[slug][$eq]": slug, "pagination[limit]": 1})
        if not answer["data"]:
            return None
        entry = answer["data"][0]
        return {**self._describe(entry), "body": entry["attributes"]["content"]}

    def _ask(self, parameters):
        try:
            response = requests.get(self.url, params=parameters, headers=self.headers, timeout=self.timeout)
            response.raise_for_status()
            return response.json()
        except requests.Timeout as error:
            raise GatewayTimeout("The CMS does not answer in time.") from error
        except requests.RequestException as error:
            raise BadGateway("The CMS does not answer properly.") from error

    @staticmethod
    def _describe(entry):
        attributes = entry["attributes"]
        author = attributes["author"]["data"]
        return {
            "id": entry["id"],
            "slug": attributes["slug"],
            "title": attributes["title"],
            "summary": attributes["summary"],
            "category": attributes["category"],
            "author": author and {"name": author["attributes"]["name"], "slug": author["attributes"]["slug"]},
            "published_at": _without_zone(attributes["publishedAt"]),
            "updated_at": _without_zone(attributes["updatedAt"]),
        }


def _without_zone(value):
    """`2024-05-01T10:00:00.000Z` as the database has it."""
    moment = datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    return moment.replace(tzinfo=None).isoformat()
