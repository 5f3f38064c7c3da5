"""What is not valid in a request, field by field. Any other error is FastAPI's own HTTPException (see `v2.kept`)."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request
from starlette.responses import Response

from gateway.compat.wire.install import install as install_switches
from v2.wire import JSON


class Invalid(Exception):
    """422. `fields` says what is wrong in each: `{"salary": ["Not a valid number."]}`."""

    def __init__(self, fields: Mapping[str, object]) -> None:
        self.fields = dict(fields)
        super().__init__(f"not valid: {', '.join(self.fields)}")


def install(app: FastAPI) -> None:
    """Register the handlers: of what no route answers, too."""
    install_switches(app, "errors.pages")
    app.add_exception_handler(Invalid, _invalid)


async def _invalid(_request: Request, error: Exception) -> Response:
    if not isinstance(error, Invalid):
        raise error
    said = {"code": 422, "name": "Unprocessable Entity", "message": "Some fields are not valid."}
    return JSON({"error": {**said, "fields": error.fields}}, 422)
