"""What an error of the gateway is to whoever asked the console."""

from __future__ import annotations

from http import HTTPStatus

from gateway.console.refusals import Denied
from gateway.errors import GatewayError, RouteUnknown, SampleUnknown


def denial_of(error: GatewayError) -> Denied:
    """What is not there is a 404; what cannot be read at the moment, evidence or map, a 503."""
    missing = isinstance(error, RouteUnknown | SampleUnknown)
    status = HTTPStatus.NOT_FOUND if missing else HTTPStatus.SERVICE_UNAVAILABLE
    return Denied(status, error.code, str(error))
