"""Why the gateway does not start, for the person who started it."""

from __future__ import annotations

from gateway.errors import GatewayError, MapInvalid


def explain(error: GatewayError) -> str:
    """The map's problems one a line, as editors read them; anything else as a sentence with our name."""
    return str(error) if isinstance(error, MapInvalid) else f"gateway: {error}"
