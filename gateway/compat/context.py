"""What an application can know of the request beyond what the client sent."""

from __future__ import annotations

from gateway.asgi import IS_SHADOW


def is_shadow() -> bool:
    """Whether this request is a shadow: asked to be compared, its answer seen by nobody.

    For code that must not run twice: mails, payments, one-time tokens. True in both applications, in FastAPI's
    handlers and dependencies as in Flask's views. `X-Shadow: 1` says the same in the request's headers.
    """
    return IS_SHADOW.get()
