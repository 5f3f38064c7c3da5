"""What of Flask's wire format the routes keep by a switch, until their clients can do without.

An error is FastAPI's own HTTPException; the switch `errors.pages` makes it what legacy answers, a page or JSON.
"""

from __future__ import annotations

from gateway.compat.wire.route import flask_route

EVERYWHERE = ("routing.options", "params.path_converters", "errors.pages")

PLAIN = flask_route(*EVERYWHERE)
"""For routes whose models and responses say everything else themselves."""

PROGRAMS = flask_route(*EVERYWHERE, "json", "responses.no_content")
"""For routes that programs ask: JSON in and out."""

PEOPLE = flask_route(
    *EVERYWHERE,
    "routing.slash_redirect",
    "params.form_limits",
    "params.empty_file",
    "params.cookies",
    "responses.redirects",
    "cookies.attributes",
    "files.ranges",
)
"""For pages, forms and files."""
