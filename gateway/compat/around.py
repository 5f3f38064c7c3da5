"""Legacy's functions around a request: which of them run for a v2 route, in Flask's order, and on what.

An `after_request` function gets a response of Flask's with the status and the headers of v2's answer. Its body is there
only if it was asked for: most of these functions set a header, and an answer need not be held back for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from gateway.asgi import IS_SHADOW, RawHeaders
from gateway.compat.passage import Leaving
from gateway.errors import CompatMisused

if TYPE_CHECKING:
    from flask import Flask, Response
    from flask import Request as FlaskRequest
    from flask.ctx import RequestContext

Hook = Callable[..., Any]


class Around:
    """The functions of `app` that run around one request. Login's own is always one of them."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.wants_body = False
        self.this_answer: list[Hook] = []
        self.after: list[Hook] = []
        self.teardown: list[Hook] = []

    @property
    def may_block(self) -> bool:
        """Whether functions of the application's own run, which may do anything."""
        return bool(self.after)

    def choose(self, functions: Iterable[Hook]) -> None:
        """Let these run, those of them that are registered for this request."""
        for kind, registered in (
            (self.after, self._app.after_request_funcs),
            (self.teardown, self._app.teardown_request_funcs),
        ):
            known = [function for scope in registered.values() for function in scope]
            kind.extend(function for function in functions if function in known)

    def leave(self, answer: Leaving, context: RequestContext, save: Callable[[Response], None]) -> Leaving:
        """The answer after the functions that were chosen, and after `save`, which Flask calls last."""
        app = self._app
        seen: Any = _Unseen() if answer.body is None else [answer.body]
        response: Response = app.response_class(seen, status=answer.status)
        response.headers = _headers(answer.headers)
        registered: Iterable[Hook] = vars(context).get("_after_request_functions", ())
        for function in (*self.this_answer, *registered, *self._in_order(context.request)):
            response = app.ensure_sync(function)(response)
        if answer.body is None and response.response is not seen:
            _complain()
        save(response)
        body = None if answer.body is None else response.get_data()
        return Leaving(response.status_code, _raw(response), body)

    def tear_down(self, request: FlaskRequest, error: BaseException | None) -> None:
        """Run the chosen `teardown_request` functions; in a shadow none, since they cannot change its answer."""
        if IS_SHADOW.get():
            return
        for function in reversed(in_flasks_order(self._app.teardown_request_funcs, request, self.teardown)):
            self._app.ensure_sync(function)(error)

    def _in_order(self, request: FlaskRequest) -> Iterator[Hook]:
        """Flask runs them in reverse: blueprints' first, the last registered first."""
        login: Any = getattr(self._app, "login_manager", None)
        chosen = [*self.after, *([] if login is None else [login._update_remember_cookie])]  # noqa: SLF001 - it is what Flask-Login registers
        yield from reversed(in_flasks_order(self._app.after_request_funcs, request, chosen))


def in_flasks_order(registered: Any, request: FlaskRequest, chosen: Iterable[Hook]) -> list[Hook]:
    """Those of the functions registered for this request that were chosen: the application's, then blueprints'."""
    wanted = list(chosen)
    scopes = (None, *reversed(request.blueprints))
    return [function for scope in scopes for function in registered.get(scope, ()) if function in wanted]


class _Unseen:
    """The body of an answer that goes past: there is nothing to read."""

    def __iter__(self) -> NoReturn:
        _complain()


def _complain() -> NoReturn:
    raise CompatMisused(
        "an after_request function looks at the answer's body, or replaces it: hooks(..., reads_answer=True) "
        "holds the answer back for it"
    )


def _headers(raw: RawHeaders) -> Any:
    from werkzeug.datastructures import Headers  # noqa: PLC0415 - with Flask only

    lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw]
    headers = Headers([line for line in lines if line[0].lower() != "vary"])
    vary = [value for name, value in lines if name.lower() == "vary"]
    if vary:  # Werkzeug reads and writes one line only
        headers["Vary"] = ", ".join(vary)
    return headers


def _raw(response: Response) -> RawHeaders:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
