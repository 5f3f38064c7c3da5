"""A headless CMS with the REST interface of Strapi 4, as far as the sample uses it.

    python tests/sample/servers/strapi.py --port 1337 --token secret [--webhook URL --webhook-secret SECRET]

`GET /api/articles` knows `populate`, `fields`, `sort`, `filters[field][$eq]`, `pagination[start]` and
`pagination[limit]`.
`PUT /api/articles/<id>` with `{"data": {...}}` edits an entry and then, like Strapi, tells the webhook about it.
The articles are the same 40 at every start.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
from typing import Any

import httpx
from listening import parser, serve
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ARTICLES = 40
DEFAULT_LIMIT, LARGEST_LIMIT = 25, 100  # Strapi's own
CATEGORIES = ("company", "engineering", "events", "people", "product")
AUTHORS = (("Renée Dubois", "renee-dubois"), ("Łukasz Nowak", "lukasz-nowak"), None)


def entries() -> list[dict[str, Any]]:
    """The articles: `{"id", "attributes"}`, relations not yet hidden."""
    found = []
    for number in range(1, ARTICLES + 1):
        author = AUTHORS[number % len(AUTHORS)]
        relation = author and {"id": number % len(AUTHORS) + 1, "attributes": {"name": author[0], "slug": author[1]}}
        moment = f"2025-{(number - 1) // 4 + 1:02d}-{(number - 1) % 4 * 7 + 1:02d}T08:{number % 60:02d}:00.000Z"
        found.append(
            {
                "id": number,
                "attributes": {
                    "slug": f"story-{number}",
                    "title": f"Story no. {number}: über uns",
                    "summary": None if number % 7 == 0 else f"What story {number} is about.",
                    "content": f"Once upon a time, {number} times.\n\nAnd they lived happily ever after.",
                    "category": CATEGORIES[number % len(CATEGORIES)],
                    "createdAt": moment,
                    "updatedAt": moment,
                    "publishedAt": moment,
                    "author": {"data": relation},
                },
            },
        )
    return found


def failure(status: int, name: str, message: str) -> JSONResponse:
    """An error in Strapi's shape."""
    return JSONResponse(
        {"data": None, "error": {"status": status, "name": name, "message": message, "details": {}}}, status
    )


class Strapi:
    """The collection `articles`."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.token: str = options.token
        self.webhook: str = options.webhook
        self.secret: bytes = options.webhook_secret.encode()
        self.entries = entries()
        self.calls = 0
        self.broken = False

    async def list(self, request: Request) -> Response:
        """`{"data": [entry], "meta": {"pagination": {"start", "limit", "total"}}}`."""
        self.calls += 1
        if self.broken:
            return failure(500, "InternalServerError", "Internal Server Error")
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return failure(401, "UnauthorizedError", "Missing or invalid credentials")
        query = request.query_params
        chosen = self.entries
        for key, value in query.items():
            if key.startswith("filters[") and key.endswith("][$eq]"):
                field = key[len("filters[") : -len("][$eq]")]
                chosen = [entry for entry in chosen if str(entry["attributes"].get(field)) == value]
        field, _, order = query.get("sort", "id:asc").partition(":")
        chosen = sorted(chosen, key=lambda entry: entry["attributes"].get(field, entry["id"]), reverse=order == "desc")
        start = int(query.get("pagination[start]", "0"))
        limit = min(int(query.get("pagination[limit]", DEFAULT_LIMIT)), LARGEST_LIMIT)
        fields = query["fields"].split(",") if "fields" in query else None
        populated = query.get("populate", "").split(",")
        page = [self._shape(entry, fields, populated) for entry in chosen[start : start + limit]]
        pagination = {"start": start, "limit": limit, "total": len(chosen)}
        return JSONResponse({"data": page, "meta": {"pagination": pagination}})

    async def edit(self, request: Request) -> Response:
        """Change an entry's attributes; the webhook is told before the editor sees `saved`."""
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return failure(401, "UnauthorizedError", "Missing or invalid credentials")
        number = int(request.path_params["id"])
        found = next((entry for entry in self.entries if entry["id"] == number), None)
        if found is None:
            return failure(404, "NotFoundError", "Not Found")
        found["attributes"].update((await request.json())["data"])
        if self.webhook:
            await self._tell("entry.update", found)
        return JSONResponse({"data": self._shape(found, None, []), "meta": {}})

    async def switch(self, request: Request) -> Response:
        """`{"broken": true}`: every list is a 500 from now on; `{"webhook": URL}`. Answers the number of reads."""
        if request.method == "POST":
            wanted = await request.json()
            self.broken = wanted.get("broken", self.broken)
            self.webhook = wanted.get("webhook", self.webhook)
        return JSONResponse({"calls": self.calls, "broken": self.broken})

    async def _tell(self, event: str, entry: dict[str, Any]) -> None:
        attributes = {name: value for name, value in entry["attributes"].items() if name != "author"}
        body = json.dumps({"event": event, "model": "article", "entry": {"id": entry["id"], **attributes}}).encode()
        headers = {
            "content-type": "application/json",
            "x-strapi-event": event,
            "x-strapi-signature": "sha256=" + hmac.new(self.secret, body, hashlib.sha256).hexdigest(),
        }
        try:
            async with httpx.AsyncClient() as client:
                (await client.post(self.webhook, content=body, headers=headers)).raise_for_status()
        except httpx.HTTPError as error:  # an edit is saved whether anybody hears of it or not
            print(f"{self.webhook} was not told: {error}", flush=True)

    @staticmethod
    def _shape(entry: dict[str, Any], fields: list[str] | None, populated: list[str]) -> dict[str, Any]:
        """The entry with the attributes that were asked for; a relation only when it was populated."""
        attributes = {
            name: value
            for name, value in entry["attributes"].items()
            if (name == "author" and ({"author", "*"} & set(populated)))
            or (name != "author" and (fields is None or name in fields))
        }
        return {"id": entry["id"], "attributes": attributes}


def create(options: argparse.Namespace) -> Starlette:
    """The CMS as an application."""
    strapi = Strapi(options)
    return Starlette(
        routes=[
            Route("/api/articles", strapi.list),
            Route("/api/articles/{id:int}", strapi.edit, methods=["PUT"]),
            Route("/test/switch", strapi.switch, methods=["GET", "POST"]),
        ],
    )


if __name__ == "__main__":
    arguments = parser(__doc__ or "")
    arguments.add_argument("--token", default="strapi-token")
    arguments.add_argument("--webhook", default="", help="where changes are announced")
    arguments.add_argument("--webhook-secret", default="dev-webhook-secret")
    serve(create, arguments.parse_args())
