"""Fills in the marked bodies of a scaffolded module, the way a person would begin: with what the legacy view computes.

A body becomes a call of the legacy view in legacy's request context. What the view returned, before Flask made JSON of
it, goes through the stub: its parameters, models, status, switches and hooks are what is tested. Of an answer that
is no JSON the text and its type are taken, of a redirect the place, and of headers those that the stub says the view
sets. Everything else, the stub has to do.
"""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.wrappers import Response as FlaskResponse
from starlette.exceptions import HTTPException as StarletteError
from starlette.responses import Response
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

BODY = re.compile(r'raise HTTPException\(\s*501,\s*"(?P<id>\S+) is not written yet: see [^"]*",?\s*\)')


def marked(text: str) -> list[str]:
    """The routes whose bodies are marked."""
    return [found["id"] for found in BODY.finditer(text)]


def module_of(text: str, name: str, fill: Callable[[str, dict[str, Any]], Any] | None = None) -> types.ModuleType:
    """The module, imported; with its bodies filled in by `fill(route id, arguments)` where that is given."""
    if fill is not None:
        text = BODY.sub(lambda found: f'return filled("{found["id"]}", dict(locals()))', text)
    module = types.ModuleType(name)
    module.__dict__["filled"] = fill
    sys.modules[name] = module
    exec(compile(text, f"{name}.py", "exec"), module.__dict__)  # noqa: S102  the text that is tested
    return module


class ByLegacy:
    """Fills in what the legacy views compute. `asking` says which request it is."""

    def __init__(self, flask: Flask) -> None:
        self._flask = flask
        self._asked: tuple[str, str, dict[str, str]] | None = None

    @contextmanager
    def asking(self, method: str, target: str, headers: dict[str, str] | None = None) -> Iterator[None]:
        self._asked = (method, target, headers or {})
        try:
            yield
        finally:
            self._asked = None

    def __call__(self, _route: str, given: dict[str, Any]) -> Any:
        assert self._asked is not None
        method, target, headers = self._asked
        with self._flask.test_request_context(target, method=method, headers=headers), self._raw() as raw:
            from flask import request  # noqa: PLC0415  it belongs to the context

            view = self._flask.view_functions[str(request.endpoint)]
            try:
                made = view(**(request.view_args or {}))
            except HTTPException as error:
                if error.response is not None or error.code is None or hasattr(error, "data"):
                    raise  # webargs and RESTX hang their message on it
                raise StarletteError(error.code, error.description) from None
            return self._value(made, raw, given)

    def _value(self, made: Any, raw: list[Any], given: dict[str, Any]) -> Any:
        if isinstance(made, tuple):
            made = made[0]
        if not isinstance(made, WerkzeugResponse):
            answer = self._flask.make_response(made)
            return made if answer.is_json else Response(answer.get_data(), media_type=answer.mimetype)
        lines = [(name, value) for name, value in made.headers if name != "Content-Length"]
        if made.is_json and raw:
            if "response" in given:
                for name, value in lines:
                    if name != "Content-Type":
                        given["response"].headers[name] = value
            return raw[-1]
        made.direct_passthrough = False
        answer = Response(made.get_data(), made.status_code)
        made.close()
        answer.raw_headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in lines]
        return answer

    @contextmanager
    def _raw(self) -> Iterator[list[Any]]:
        """What `jsonify` is given in here."""
        kept: list[Any] = []
        provider = self._flask.json
        plain = provider.response

        def response(*args: Any, **kwargs: Any) -> FlaskResponse:
            kept.append(provider._prepare_response_obj(args, kwargs))
            return plain(*args, **kwargs)

        provider.response = response  # type: ignore[method-assign]  # for the time of one view
        try:
            yield kept
        finally:
            del provider.response
