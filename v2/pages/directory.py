"""People, to be looked up."""

from __future__ import annotations

from fastapi import APIRouter, Depends, HTTPException
from starlette.responses import Response

from gateway.compat.session import WritableSession
from gateway.compat.wire.redirects import redirect, redirect_defaults
from legacy.tables import employees
from v2.employees.queries import departments_with_payroll
from v2.kept import PEOPLE
from v2.pages.people import PageOfPeople, listed_people, people_rows, person_of
from v2.pages.rendering import Pages
from v2.paging import page_of
from v2.resources import Database, Db
from v2.wire import Args

router = APIRouter(route_class=PEOPLE)

AT_ONCE = 20
RECENT = 5


@router.get("/directory/")
async def first_page(args: Args, pages: Pages, database: Db) -> Response:
    """Everybody, or a department."""
    return await _page(1, args, pages, database)


@router.get("/directory/page/{number}", dependencies=[Depends(redirect_defaults("/directory/", number=1))])
async def page(number: int, args: Args, pages: Pages, database: Db) -> Response:
    """The same, further on."""
    return await _page(number, args, pages, database)


@router.get("/people/{slug}")
async def person(slug: str, pages: Pages, database: Db, session: WritableSession) -> Response:
    """A person, remembered as one of those who were looked at."""
    row = await database.first(people_rows().where(employees.c.slug == slug))
    if row is None:
        raise HTTPException(404, f"There is no employee {slug!r}.")
    manager = None
    if row["manager_id"] is not None:
        superior = await database.first(people_rows().where(employees.c.id == row["manager_id"]))
        manager = None if superior is None else person_of(superior)
    recent = [slug, *(other for other in session.get("recent", []) if other != slug)]
    session["recent"] = recent[:RECENT]
    return await pages.show("person.html", person=person_of(row, manager), recent=recent[1:RECENT])


@router.get("/staff")
@router.get("/staff/{rest:path}")
async def moved() -> Response:
    """The intranet's addresses of before 2019 are still in people's bookmarks."""
    return redirect("/directory/", 301)


async def _page(number: int, args: Args, pages: Pages, database: Database) -> Response:
    department = args.text("department") or None
    people = await page_of(database, listed_people(department), number, AT_ONCE)
    rows = await database.all(departments_with_payroll())
    return await pages.show(
        "directory.html",
        people=PageOfPeople(people),
        department=department,
        departments=[(row, row["headcount"], row["payroll"]) for row in rows],
    )
