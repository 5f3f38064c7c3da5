"""Every switch of the wire format. Their names are those of `gateway.parity.causes`, which say the trap of each."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from gateway.compat.switch import Switch

_KEEPS = {
    "routing.slash_redirect": "a missing slash is added with 308 and a page, the query kept",
    "routing.strict_slashes": "a slash too many is 404, not a redirect",
    "routing.head": "HEAD is answered wherever GET is, with GET's headers",
    "routing.options": "OPTIONS is answered with 200 and Allow",
    "routing.merge_slashes": "slashes at the start count as one; repeated ones further on are redirected with 308",
    "routing.defaults_redirect": "a path that spells out a default is redirected to the short one with 308",
    "params.path_converters": "a path parameter of another form is 404: int, float, uuid, path as Werkzeug has them",
    "params.lax_query": "a query or form value that cannot be read as its type counts as absent",
    "params.empty_values": "an empty number counts as absent, and an empty form text as the empty text",
    "params.first_value": "of a query or form name given twice the first value counts",
    "params.bool_of_text": "any text but the empty one is true",
    "params.invalid_utf8": "an escape in the query or a form that is no UTF-8 stays as it was written",
    "params.lax_types": "a JSON value of another type than declared is taken as int() or float() reads it, or as it is",
    "params.form_limits": "413 for a multipart text above 500 kB or more than 1000 parts; no limit for other forms",
    "params.empty_file": "a file input left empty is a file without a name",
    "params.cookies": "cookies as Werkzeug reads them: the first of a name counts, odd ones are dropped",
    "json.text_form": "sorted keys, ASCII with escapes, a line break at the end; as legacy's JSON provider is set",
    "json.http_dates": "dates and times as HTTP dates",
    "json.decimal_as_text": "Decimal as text",
    "json.nan": "NaN and Infinity as these words, which are no JSON",
    "json.ascii": "what is not ASCII is escaped, half of a surrogate pair too",
    "responses.text": "text and bytes are a page, not a JSON string",
    "responses.tuples": "a tuple is body, status and headers",
    "responses.streams": "what a generator yields is streamed as a page",
    "responses.no_content": "a 204 says Content-Type: text/html",
    "responses.redirects": "302 and a page where RedirectResponse has its default, 307 and nothing",
    "errors.pages": "legacy's error pages, by its own error handlers where it is bound",
    "errors.validation_as_400": "400 and its page where FastAPI answers 422",
    "errors.unsupported_media_type": "415 and its page for JSON under another Content-Type",
    "cookies.attributes": "no SameSite by default, Expires beside Max-Age, values quoted as Werkzeug does",
    "files.send_file": "a file's headers as send_file writes them, and 304 to its ETag and date",
    "files.ranges": "416 for several ranges, another unit, or one that cannot be read",
    "files.conditional": "an ETag of the body, and 304 to it",
}

SWITCHES: dict[str, Switch] = {name: Switch(name, keeps) for name, keeps in _KEEPS.items()}
"""By name."""


DELIBERATE = frozenset({"files.conditional", "params.lax_types"})
"""The switches that are chosen by their own names only: Flask does so where a view asks for it, not by itself."""


def chosen(names: Iterable[str]) -> frozenset[str]:
    """The names of switches; an area such as `json` stands for its switches, `all` for every one but the deliberate.

    Raises ValueError for a name that is none, with the one that was probably meant.
    """
    found: set[str] = set()
    for name in names:
        area = "" if name == "all" else f"{name}."
        ours = {name} & SWITCHES.keys() or {one for one in SWITCHES.keys() - DELIBERATE if one.startswith(area)}
        if not ours:
            near = get_close_matches(name, SWITCHES, 1)
            hint = f'; did you mean "{near[0]}"?' if near else f"; there are: {', '.join(sorted(SWITCHES))}"
            raise ValueError(f'there is no compat switch "{name}" for the wire format{hint}')
        found |= ours
    return frozenset(found)
