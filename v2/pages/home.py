"""The first page, and what the site says about itself."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from v2.content import articles
from v2.employees.queries import departments_with_payroll
from v2.kept import PEOPLE
from v2.pages.rendering import Pages
from v2.resources import Held

router = APIRouter(route_class=PEOPLE)

LATEST = 4


@router.get("/")
async def home(pages: Pages, held: Held) -> Response:
    """The latest news, and the departments."""
    latest, _hit = await articles.list_articles(held, "", LATEST, 0)
    rows = await held.database.all(departments_with_payroll())
    departments = [(row, row["headcount"], row["payroll"]) for row in rows]
    return await pages.show("home.html", departments=departments, news=latest.items)


@router.get("/about/")
async def about(pages: Pages) -> Response:
    """What this site is."""
    return await pages.show("about.html")
