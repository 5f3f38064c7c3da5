"""Every finding about v2: its stable id, what it means, its fix in one line. `docs/doctor.md` is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.doctor.finding import Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True, slots=True)
class Check:
    """One classic mistake. `trap` is the row of the traps between the frameworks that it leads to, if it does."""

    id: str
    severity: Severity
    what: str
    fix: str
    trap: str = ""
    switch: str = ""
    """The compat switch that makes the mistake harmless."""
    by_running: bool = False
    """Whether the source alone does not show every case of it."""


def catalogue() -> Mapping[str, Check]:
    """Every check by its id."""
    return {
        check.id: check
        for check in (*_loop(), *_values(), *_requests(), *_answers(), *_hooks(), *_process(), *_comments())
    }


def _loop() -> tuple[Check, ...]:
    return (
        Check(
            "async.blocking-call",
            ERROR,
            "a call that waits (network, database, sleep, process) runs in `async def`, itself or through a helper: "
            "the event loop, and with it every other request, waits too",
            "use the asynchronous client, or `def`, or `await run_in_threadpool(...)`",
        ),
        Check(
            "async.blocking-file",
            WARNING,
            "a file is read or written in `async def`: a large file or a slow disk stops the event loop",
            "use `def`, `FileResponse`, or `await run_in_threadpool(...)`",
        ),
        Check(
            "async.cpu",
            ERROR,
            "work that takes the processor for long (password hashes, images, tables) runs in `async def`",
            "use `def` or `await run_in_threadpool(...)`",
        ),
        Check(
            "client.per-request",
            ERROR,
            "an HTTP client, an engine or a pool is made for each request: no connection is ever used again",
            "make one in the lifespan, keep it in `app.state`, close it there",
        ),
        Check(
            "timeout.missing",
            ERROR,
            "a client that waits without a limit: one slow partner takes every worker",
            "give it a timeout in seconds",
        ),
    )


def _values() -> tuple[Check, ...]:
    return (
        Check(
            "model.float-money",
            ERROR,
            "money as a float: digits are lost, and legacy sends a Decimal as text",
            "use `Decimal` with a serializer to `str`",
            "N1",
        ),
        Check(
            "model.lax-id",
            ERROR,
            'an identifier of a request body that coerces: "12", 12.0 and true become a number',
            "use `Annotated[int, Field(strict=True)]`, or `ConfigDict(strict=True)` for the model",
            "J4",
        ),
        Check(
            "model.lax-bool",
            WARNING,
            'a yes-or-no of a request body that coerces: "off", "n" and 0 become false',
            "use `Annotated[bool, Field(strict=True)]`, or `ConfigDict(strict=True)` for the model",
            "J4",
        ),
        Check(
            "model.numbers-to-text",
            ERROR,
            '`coerce_numbers_to_str` turns a number into text, so that 12 and "12" are one identifier',
            "remove it, and declare what clients really send",
        ),
        Check(
            "model.optional-required",
            WARNING,
            "`Optional[...]` without a default: since Pydantic 2 the member must be sent, if only as null",
            "add `= None` for one that may be missing; write `X | None` for one that may be null only",
        ),
        Check(
            "model.drops-members",
            ERROR,
            "the response model lacks members that are returned, that legacy's schema has or that legacy was seen to "
            "send: they are dropped without a word",
            "name every member in the model",
            "M1",
            by_running=True,
        ),
        Check(
            "model.iso-datetime",
            WARNING,
            "a date of a response model goes out as ISO 8601; legacy sends HTTP dates",
            "serialise it with `werkzeug.http.http_date`, or switch `json.http_dates` on",
            "D1",
            "json.http_dates",
            by_running=True,
        ),
        Check(
            "datetime.naive",
            WARNING,
            "a time without a zone: it is wrong as soon as a server or a client is in another one",
            "use `datetime.now(UTC)`; store and compare times with a zone",
            "D1",
        ),
    )


def _requests() -> tuple[Check, ...]:
    return (
        Check(
            "query.number",
            WARNING,
            "a number of the query: `?n=abc` and `?n=` are 422 where Flask takes the default, even when it is "
            "optional, and of several the last counts",
            "read it as Flask does (the switch `params.lax_query`), or excuse the difference",
            "Q1",
            "params.lax_query",
        ),
        Check(
            "query.bool",
            WARNING,
            "a yes-or-no of the query: `0`, `false` and `no` are false here, and true for Flask's `type=bool`",
            "declare `str` and decide as legacy does, or the switch `params.bool_of_text`",
            "Q4",
            "params.bool_of_text",
        ),
    )


def _answers() -> tuple[Check, ...]:
    return (
        Check(
            "app.redirect-slashes",
            WARNING,
            "FastAPI redirects `/x/` to `/x` and back with 307; Flask answers 404, or 308 to the slash",
            "FastAPI(redirect_slashes=False)",
            "R2",
            "routing.strict_slashes",
        ),
        Check(
            "app.no-head",
            WARNING,
            "no route and no middleware answers HEAD: it is 405, where Flask answers with the headers of GET",
            "switch `routing.head` on, or answer HEAD with the route of GET in a middleware",
            "R3",
            "routing.head",
        ),
        Check(
            "app.error-body",
            WARNING,
            'no handler for HTTPException: errors are `{"detail": ...}`, where legacy sends its own page or JSON',
            "register a handler that writes legacy's errors",
            "E1",
            "errors.pages",
        ),
        Check(
            "app.validation-422",
            WARNING,
            "no handler for RequestValidationError: malformed JSON and missing values are 422, where legacy sends 400",
            "register a handler that answers as legacy does",
            "J1",
            "errors.validation_as_400",
        ),
        Check(
            "redirect.status",
            WARNING,
            "a redirect without a status is 307, and a form is posted again; Flask's is 302",
            "RedirectResponse(url, status_code=302)",
            "L1",
            "responses.redirects",
        ),
        Check(
            "cookie.samesite",
            WARNING,
            "a cookie without `samesite=` gets SameSite=lax, and other sites that embed this one lose it",
            "say it: `samesite=None` as Flask does, or what is meant",
            "K1",
            "cookies.attributes",
        ),
        Check(
            "return.tuple",
            ERROR,
            "a tuple is returned: Flask reads body, status and headers, FastAPI sends a JSON array with 200",
            "return the body, and the status by `status_code=` or a `JSONResponse`",
            "S3",
            "responses.tuples",
        ),
        Check(
            "return.text",
            ERROR,
            "text is returned: Flask sends it as a page, FastAPI as a JSON string in quotation marks",
            "declare `response_class=HTMLResponse` or `PlainTextResponse`",
            "S2",
            "responses.text",
        ),
    )


def _hooks() -> tuple[Check, ...]:
    return (
        Check(
            "hook.skipped",
            ERROR,
            "a function that legacy runs around every request does not run for a route that v2 answers",
            "do its work in v2 and say so: `# gateway: ignore[hook.skipped:NAME] where`",
            "A6",
            by_running=True,
        ),
    )


def _process() -> tuple[Check, ...]:
    return (
        Check(
            "process.directory",
            WARNING,
            "the current directory is changed: there is one for the whole process, so from then on legacy opens its "
            "relative files from there, too",
            "open files by absolute paths (`Path(__file__).parent`), and leave the directory as it is",
            by_running=True,
        ),
    )


def _comments() -> tuple[Check, ...]:
    return (
        Check(
            "ignore.no-reason",
            ERROR,
            "a finding is ignored without a reason",
            "write it behind the bracket: `# gateway: ignore[ID] reason`",
        ),
        Check(
            "ignore.unknown",
            ERROR,
            "a comment ignores an id that no check has",
            "correct the id; `docs/doctor.md` lists them",
        ),
        Check(
            "ignore.unused",
            WARNING,
            "a comment ignores a finding that is not there any more",
            "delete the comment",
        ),
    )
