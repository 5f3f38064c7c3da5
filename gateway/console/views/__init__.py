"""What the console shows, apart from HTTP and HTML: frozen dataclasses, and the pure functions that build them.

Units, everywhere: times are seconds since 1970, durations seconds, rates requests a second, shares from 0 to 1. None is
what is not known, which is never the same as nothing.
"""

from gateway.console.views.operated import Operated, Readiness, Worker, map_view, readiness_view

__all__ = ["Operated", "Readiness", "Worker", "map_view", "readiness_view"]
