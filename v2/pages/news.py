"""News, to be read."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from v2.content import articles
from v2.kept import PEOPLE
from v2.pages.rendering import Pages
from v2.resources import Held
from v2.wire import Args

router = APIRouter(prefix="/news", route_class=PEOPLE)

AT_ONCE = 12


@router.get("/")
async def news(args: Args, pages: Pages, held: Held) -> Response:
    """The latest articles, and older ones from `start` on."""
    start = max(args.integer("start", 0), 0)
    category = args.text("category") or ""
    found, _hit = await articles.list_articles(held, category, AT_ONCE, start)
    following = start + AT_ONCE if start + AT_ONCE < found.total else None
    return await pages.show("news.html", news=found.items, total=found.total, category=category, following=following)


@router.get("/{slug}")
async def article(slug: str, pages: Pages, held: Held) -> Response:
    """One article."""
    found, _hit = await articles.get_article(held, slug)
    if found is None:
        raise HTTPException(404, "There is no such article.")
    return await pages.show("article.html", article=found)
