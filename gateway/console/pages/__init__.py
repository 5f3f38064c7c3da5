"""The console for people: views as HTML, rendered here, live by server-sent events, readable without a script.

Nothing is decided in this folder: what is shown comes from the `Reader`, as what the API answers does, and what is
changed is asked of the API by the page's script. `templates/` and `static/` are beside it.
"""

from fastapi import FastAPI

from gateway.console.context import Console
from gateway.console.pages.assets import read_assets
from gateway.console.pages.pages import Pages
from gateway.console.pages.router import pages_router
from gateway.console.pages.unknown import answer_unknown

__all__ = ["include_pages"]


def include_pages(app: FastAPI, console: Console) -> None:
    """Put the pages into the console's application, and a page in the place of every address that it does not know."""
    pages = Pages(console, read_assets())
    app.include_router(pages_router(pages))
    answer_unknown(app, pages)
