"""Werkzeug's debugger has no place behind a front door: it runs code for whoever sees an error page."""

from __future__ import annotations

from gateway.errors import ImportFailed
from gateway.wrappers import layers


def refuse_debugger(import_string: str, application: object) -> None:
    """Raise ImportFailed when the debugger, with its console, is wrapped around a WSGI application."""
    from werkzeug.debug import DebuggedApplication  # noqa: PLC0415  it is needed where legacy is a WSGI application only

    if any(isinstance(layer, DebuggedApplication) and layer.evalex for layer in layers(application)):
        raise ImportFailed(
            f"{import_string} is wrapped in Werkzeug's debugger, which runs code for whoever sees an error page: "
            "name the application itself, or wrap it with DebuggedApplication(app, evalex=False)"
        )
