"""Employees, several at once: a page of them, those whom a search finds, the best rated."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Response

from v2.employees import queries
from v2.employees.models import Employee, EmployeePage, Found, Rated, RatedList
from v2.kept import PLAIN
from v2.paging import page_of
from v2.resources import Db
from v2.wire import Args, url_with

router = APIRouter(route_class=PLAIN)

LARGEST_PAGE = 100
MOST_FOUND = 50


@router.get("/employees")
async def index(args: Args, database: Db, response: Response) -> EmployeePage:
    """List employees, a page at a time."""
    remote = args.text("remote")
    # bool("0") is True: two mobile apps send "0" and "1" and filter on their side, so it stays.
    chosen = queries.listing(
        args.text("department"),
        None if remote is None else bool(remote),
        args.as_dict().get("sort", "last_name"),
    )
    page = await page_of(database, chosen, args.integer("page", 1), min(args.integer("per_page", 20), LARGEST_PAGE))

    def url_of(number: int | None) -> str | None:
        return None if number is None else url_with("/employees", {**args.as_dict(), "page": number})

    following, preceding = url_of(page.following), url_of(page.preceding)
    links = [f'<{url}>; rel="{rel}"' for rel, url in (("next", following), ("prev", preceding)) if url]
    if links:
        response.headers["Link"] = ", ".join(links)
    return EmployeePage(
        items=[Employee.of(row) for row in page.rows],
        page=page.number,
        per_page=page.size,
        pages=page.pages,
        total=page.total,
        next=following,
        prev=preceding,
    )


@router.get("/employees/search")
async def search(args: Args, database: Db) -> Found:
    """Find employees by words in their name, e-mail address or title."""
    words = args.text("q")
    if words is None:
        raise HTTPException(400)
    limit = min(max(args.integer("limit", 10), 1), MOST_FOUND)
    rows = await database.all(queries.search(words, limit))
    return Found(query=words, count=len(rows), items=[Employee.of(row) for row in rows])


@router.get("/employees/rated/{minimum}")
async def rated(minimum: float, database: Db) -> RatedList:
    """List who is rated at least this high."""
    rows = await database.all(queries.rated(minimum))
    return RatedList(minimum=minimum, count=len(rows), items=[Rated.of(row) for row in rows])
