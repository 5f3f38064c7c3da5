"""The name of an employee in URLs."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import select

from legacy.tables import employees
from v2.resources import Database

# What Unicode does not take apart into a letter and a mark.
_WITHOUT_MARKS = str.maketrans("łŁøØß", "lLoOs")


def slugify(name: str) -> str:
    """Lower-case ASCII words joined by dashes: `Łukasz Müller` is `lukasz-muller`."""
    apart = unicodedata.normalize("NFKD", name.translate(_WITHOUT_MARKS))
    return "-".join(re.findall("[a-z0-9]+", apart.encode("ascii", "ignore").decode().lower()))


async def free_slug(database: Database, name: str) -> str:
    """A slug that nobody has yet: the name's, with a number behind it if it must be."""
    base = slugify(name) or "employee"
    like_it = select(employees.c.slug).where(employees.c.slug.startswith(base, autoescape=True))
    taken = {row["slug"] for row in await database.all(like_it)}
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
