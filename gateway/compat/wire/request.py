"""The request that a route's parameters are read from: query, form, cookies and JSON as its switches say."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.datastructures import FormData, QueryParams
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from gateway.asgi import HOSTING
from gateway.compat.wire import forms, lax_body, query
from gateway.compat.wire.cookies_sent import cookies_of
from gateway.compat.wire.declared import Declarations
from gateway.compat.wire.switches import SWITCHES

READ = query.SWITCHES | forms.SWITCHES | {"params.cookies", "params.lax_types"}
"""The switches that need this request."""


class WireRequest(Request):
    """Starlette's request, read as Flask's."""

    def __init__(self, request: Request, declarations: Declarations, switches: frozenset[str]) -> None:
        super().__init__(request.scope, request.receive)
        self._declarations = declarations
        self._switches = switches

    @property
    def query_params(self) -> QueryParams:
        """The query; FastAPI takes its parameters from here."""
        if not self._switches & query.SWITCHES:
            return super().query_params
        if not hasattr(self, "_wire_query"):
            pairs, used = query.pairs_of(self.scope["query_string"], self._switches)
            reading = query.Reading(self._declarations.query, self._switches, used)
            pairs = reading.read(pairs)
            self._wire_query = (
                query.FirstValues(pairs) if "params.first_value" in self._switches else QueryParams(pairs)
            )
            _count(used)
        return self._wire_query

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies; FastAPI takes its parameters from here."""
        plain = super().cookies
        if "params.cookies" not in self._switches:
            return plain
        if not hasattr(self, "_wire_cookies"):
            self._wire_cookies = cookies_of(self.scope["headers"])
            if self._wire_cookies != plain:
                _count({"params.cookies"})
        return self._wire_cookies

    def form(self, **limits: Any) -> Any:
        """The form. Raises Refused (413) beyond Werkzeug's limits, where they are kept."""
        if not self._switches & forms.SWITCHES:
            return super().form(**limits)
        return forms.FormReading(lambda: self._read_form(limits))

    async def json(self) -> Any:
        """The JSON body, or an instance of the model that is declared for it."""
        value = await super().json()
        model = self._declarations.body
        if model is None or "params.lax_types" not in self._switches:
            return value
        taken = lax_body.taken(model, value)
        if taken is not value:
            _count({"params.lax_types"})
        return taken

    async def _read_form(self, limits: dict[str, Any]) -> FormData:
        if not hasattr(self, "_wire_form"):
            escaped = await self._with_escapes()
            sent = FormData(escaped) if escaped else await self._sent_form(limits)
            made, used = forms.form_of(sent, self._declarations.form, self._switches)
            self._wire_form = made
            _count(used)
        return self._wire_form

    async def _with_escapes(self) -> forms.Pairs:
        """The pairs of a form with escapes that are no UTF-8, which Werkzeug leaves as they are; none of any other."""
        is_form = self.headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded")
        if not is_form or "params.invalid_utf8" not in self._switches:
            return []
        body = await self.body()
        pairs, used = query.pairs_of(body, self._switches) if b"%" in body and body.isascii() else ([], set())
        _count(used)
        return [*pairs] if used else []

    async def _sent_form(self, limits: dict[str, Any]) -> FormData:
        if "params.form_limits" not in self._switches:
            return await super().form(**limits)
        multipart = self.headers.get("content-type", "").lower().startswith("multipart/form-data")
        parts, memory = forms.limits_of(HOSTING.get().legacy, multipart=multipart)
        try:
            form = await super().form(max_files=parts, max_fields=parts, max_part_size=memory)
        except (HTTPException, MultiPartException) as error:
            if not forms.is_over_a_limit(error):
                raise
            _count({"params.form_limits"})
            raise forms.too_large() from error
        if len(form.multi_items()) > forms.PARTS:
            _count({"params.form_limits"})
        if len(form.multi_items()) > parts:
            await form.close()
            raise forms.too_large()
        return form


def _count(used: set[str]) -> None:
    for name in used:
        SWITCHES[name].applied()
