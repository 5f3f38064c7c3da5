"""Articles, and the day in a city."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Response

from v2.content import articles, partner
from v2.content.models import ArticlePage, ShownFullArticle, shown, shown_in_full
from v2.kept import PLAIN
from v2.resources import Held
from v2.wire import Args

router = APIRouter(route_class=PLAIN)

LARGEST_LIMIT = 100
LARGEST_START = 1_000_000


@router.get("/articles")
async def index(args: Args, held: Held, response: Response) -> ArticlePage:
    """List articles, the latest first."""
    limit = min(max(args.integer("limit", 10), 1), LARGEST_LIMIT)
    start = min(max(args.integer("start", 0), 0), LARGEST_START)
    found, hit = await articles.list_articles(held, args.text("category") or "", limit, start)
    response.headers["X-Cache"] = "hit" if hit else "miss"
    return ArticlePage(items=[shown(item) for item in found.items], total=found.total, limit=limit, start=start)


@router.get("/articles/{slug}")
async def show(slug: str, held: Held, response: Response) -> ShownFullArticle:
    """Show an article with its body."""
    article, hit = await articles.get_article(held, slug)
    if article is None:
        raise HTTPException(404, f"There is no article {slug!r}.")
    response.headers["X-Cache"] = "hit" if hit else "miss"
    return shown_in_full(article)


@router.get("/aggregate")
async def aggregate(args: Args, held: Held) -> partner.Day:
    """Show the day in a city: weather, exchange rates, holidays."""
    url = held.settings.partner_url.rstrip("/")
    if not url:
        raise HTTPException(503, "No partner is configured (PARTNER_URL).", {"Retry-After": "300"})
    city = args.text("city")
    return await partner.aggregate(held.http, url, "Berlin" if city is None else city)
