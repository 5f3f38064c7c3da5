"""The table of the switches in `docs/compat.md`, made of the switches, the catalogue and the rows.

`python -m tests.traps.switch_page` writes it.
"""

from __future__ import annotations

from pathlib import Path

from gateway.compat.wire.switches import SWITCHES
from gateway.parity.causes import catalogue
from tests.traps.rows import every_row

PAGE = Path(__file__).parents[2] / "docs" / "compat.md"
BEGIN = "<!-- switches: written by `python -m tests.traps.switch_page` -->\n"
END = "<!-- end of switches -->\n"
REASONS = {
    "R6": "the order of declarations is the author's; a switch would have to guess which was meant",
    "R9": "where v2 is mounted is a setting of its own (`root_path`)",
    "R10": "FastAPI's pages are switched off where the application is made",
    "R11": "both answers are legacy's",
    "R12": "it is seen as another cause, which has its switch",
    "J3": "legacy crashes; no client relies on it by design, and v2's answer is the better one",
    "S4": "legacy crashes",
    "D5": "legacy crashes",
    "N3": "it is no difference",
    "N4": "legacy crashes; with `json.text_form` such keys are sorted as text",
    "M1": "which members an answer has is what its model says: the switch would be no model",
}
"""Why a trap has no switch."""


DROP = {
    "routing.slash_redirect": "its count stands still: nobody asks without the slash",
    "routing.strict_slashes": "at any time; who asked with a slash too many got 404, and is then redirected",
    "routing.head": "its count stands still, or the routes declare HEAD themselves",
    "routing.options": "browsers of other sites are answered by CORSMiddleware, and its count stands still",
    "routing.merge_slashes": "its count stands still: nobody builds paths with two slashes",
    "routing.defaults_redirect": "search engines and bookmarks have the short path: its count stands still",
    "params.path_converters": "422 in place of 404 for a path that cannot be harms nobody",
    "params.lax_query": "its count stands still: clients send what the type says, or may be told 422",
    "params.empty_values": "your forms and links leave empty values out: its count stands still",
    "params.first_value": "its count stands still: nobody sends a name twice",
    "params.bool_of_text": "its count stands still: nobody sends false, 0 or no, which were true",
    "params.invalid_utf8": "its count stands still",
    "params.lax_types": "first of all: when its count stands still, or clients were told",
    "params.form_limits": "your limits are those of FastAPI, and uploads were tried",
    "params.empty_file": "the parameter is declared as optional",
    "params.cookies": "its count stands still, or cookies are read in one place of v2's own",
    "json.text_form": "no client compares text or hashes of answers; ETags of clients are then asked for once more",
    "json.http_dates": "every client reads ISO 8601: a new version of the API, for most",
    "json.decimal_as_text": "every client takes numbers, or the models have the fields as text",
    "json.nan": "answers have null in place of NaN: its count stands still",
    "json.ascii": "its count stands still, or clients read UTF-8 and half pairs are gone from the data",
    "responses.text": "endpoints return HTMLResponse or PlainTextResponse",
    "responses.tuples": "endpoints return a Response, or declare their status",
    "responses.streams": "endpoints return StreamingResponse",
    "responses.no_content": "at any time, but for clients that look at the type of nothing",
    "responses.redirects": "every RedirectResponse says its status",
    "errors.pages": 'clients read {"detail": ...}, and people see pages of v2\'s own',
    "errors.validation_as_400": "clients take 422 for a request that they have to correct",
    "errors.unsupported_media_type": "its count stands still: clients send application/json",
    "cookies.attributes": "each set_cookie of v2 says its samesite and max_age",
    "files.send_file": "a web server or StaticFiles sends the files",
    "files.ranges": "as for files.send_file",
    "files.conditional": "clients ask without If-None-Match, or v2 sets ETags of its own",
}
"""When clients no longer need a switch."""


def table() -> str:
    """What stands between the two marks."""
    traps: dict[str, list[str]] = {name: [] for name in SWITCHES}
    titles: dict[str, list[str]] = {name: [] for name in SWITCHES}
    for cause in catalogue():
        if cause.switch in SWITCHES:
            traps[cause.switch].append(cause.trap)
            titles[cause.switch] += [row.title for row in every_row() if row.trap == cause.trap]
    lines = [
        "| switch | clients go on to see | [causes](causes.md) | asked of both, and equal | drop it when |",
        "|---|---|---|---|---|",
        *(
            f"| `{name}` | {switch.keeps} | {', '.join(sorted(traps[name]))} "
            f"| ✓ {', '.join(title.replace('_', ' ') for title in titles[name])} | {DROP[name]} |"
            for name, switch in SWITCHES.items()
        ),
        "",
        "What has no switch, and why:",
        "",
        "| cause | what differs | why not | what to do in v2 |",
        "|---|---|---|---|",
        *(
            f"| {cause.trap} `{cause.name}` | {cause.what.replace('<', '&lt;')} | {REASONS[cause.trap]} | {cause.fix} |"
            for cause in sorted(catalogue(), key=lambda cause: cause.trap)
            if cause.trap in REASONS
        ),
    ]
    return "\n".join(lines) + "\n"


def page(text: str) -> str:
    """The page with the table as it should be."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
