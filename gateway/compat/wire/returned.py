"""What becomes of the values that one route's endpoint returns: as Flask answers, as far as its switches say."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from fastapi.datastructures import DefaultPlaceholder
from fastapi.exceptions import ResponseValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from werkzeug.http import remove_entity_headers

from gateway.asgi import HOSTING
from gateway.compat.wire import json_form, shapes
from gateway.compat.wire.endpoint import Call
from gateway.compat.wire.switches import SWITCHES

NO_CONTENT = 204
NOT_MODIFIED = 304
RETURNED = json_form.SWITCHES | {"responses.text", "responses.tuples", "responses.streams", "responses.no_content"}
"""The switches that need the value itself."""
_TEXT_FORM = frozenset({"json.text_form", "json.nan", "json.ascii"})


class Returned:
    """Answers for one route. A Response is never touched: its author said what it is.

    The response model is applied as FastAPI does, and so is a `response_class` which is no JSON.
    """

    def __init__(self, switches: frozenset[str]) -> None:
        self._switches = switches & RETURNED
        self._route: APIRoute | None = None
        self._adapter: TypeAdapter[Any] | None = None

    def belongs_to(self, route: APIRoute) -> None:
        """Tell it the route, once FastAPI has made it: its response model, class and status count."""
        self._route = route
        self._adapter = None if route.response_model is None else TypeAdapter(route.response_model)

    def answer(self, value: Any, call: Call) -> Any:
        """A Response, or the value where it is left to FastAPI.

        Raises ResponseValidationError for what the response model refuses.
        """
        if isinstance(value, Response):
            return value
        shape = shapes.taken_apart(value) if "responses.tuples" in self._switches else None
        if shape is None:
            response = self._response(value, self._status(call), call)
            if response is None:
                return value
        else:
            SWITCHES["responses.tuples"].applied()
            response = self._of_tuple(shape, call)
        if response.status_code == NOT_MODIFIED:
            lines = _lines(response)
            remove_entity_headers(lines)
            response.raw_headers = _raw(lines)
        response.headers.raw.extend(call.injected.headers.raw)
        return response

    def _of_tuple(self, shape: shapes.Shape, call: Call) -> Response:
        status = shape.status or self._status(call)
        if isinstance(shape.body, Response):
            response = shape.body
            response.status_code = shape.status or response.status_code
        else:
            response = self._response(shape.body, status, call) or self._as_fastapi(shape.body, status, call)
        if shape.headers is not None:
            response.raw_headers = _raw(shape.with_headers(_lines(response)))
        return response

    def _status(self, call: Call) -> int:
        declared = None if self._route is None else self._route.status_code
        return call.injected.status_code or declared or 200

    def _response(self, body: Any, status: int, call: Call) -> Response | None:
        """None where nothing that is switched on concerns this value."""
        if "responses.no_content" in self._switches and status == NO_CONTENT and body in (None, "", b""):
            SWITCHES["responses.no_content"].applied()
            return Response(status_code=status, headers=_page_type())
        own = self._response_class(call)
        if not issubclass(own, JSONResponse):
            return None
        if shapes.is_stream(body):
            if "responses.streams" not in self._switches:
                return None
            SWITCHES["responses.streams"].applied()
            return StreamingResponse(body, status, headers=_page_type())
        if "responses.text" in self._switches and shapes.is_page(body):
            SWITCHES["responses.text"].applied()
            return Response(body, status, headers=_page_type())
        return self._json(body, status, own) if self._switches & json_form.SWITCHES else None

    def _as_fastapi(self, body: Any, status: int, call: Call) -> Response:
        own = self._response_class(call)
        if issubclass(own, JSONResponse):
            return self._json(body, status, own)
        return own(body, status)

    def _json(self, body: Any, status: int, own: type[JSONResponse]) -> Response:
        form = json_form.Form(self._switches, HOSTING.get().legacy)
        encoded = self._encoded(body, form)
        if self._switches & _TEXT_FORM:
            response = Response(form.text(encoded).encode(), status, media_type=form.media_type)
        else:
            response = own(encoded, status)
        for name in form.used:
            SWITCHES[name].applied()
        return response

    def _encoded(self, value: Any, form: json_form.Form) -> Any:
        route, adapter = self._route, self._adapter
        if route is None or adapter is None:
            return form.encoded(value)
        try:
            valid = adapter.validate_python(value, from_attributes=True)
        except ValidationError as error:
            raise ResponseValidationError(errors=error.errors(), body=value) from error
        options: dict[str, Any] = {
            "include": route.response_model_include,
            "exclude": route.response_model_exclude,
            "by_alias": route.response_model_by_alias,
            "exclude_unset": route.response_model_exclude_unset,
            "exclude_defaults": route.response_model_exclude_defaults,
            "exclude_none": route.response_model_exclude_none,
        }
        return form.merged(adapter.dump_python(valid, **options), adapter.dump_python(valid, mode="json", **options))

    def _response_class(self, call: Call) -> type[Response]:
        """The route's own, else the application's default."""
        given = None if self._route is None else self._route.response_class
        if given is not None and not isinstance(given, DefaultPlaceholder):
            return given
        default = call.request.app.router.default_response_class
        chosen: type[Response] = default.value if isinstance(default, DefaultPlaceholder) else default
        return chosen


def _page_type() -> dict[str, str]:
    kind = shapes.page_type(HOSTING.get().legacy)
    return {} if kind is None else {"content-type": kind}


def _lines(response: Response) -> shapes.Lines:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers]


def _raw(lines: shapes.Lines) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in lines]
