"""The console's front page: what lives here, in plain HTML that the content security policy allows."""

from __future__ import annotations

from html import escape

from gateway.console.views import Operated

_PLACES = (
    ("/readyz", "whether traffic may come, and why not"),
    ("/healthz", "whether the process runs"),
    ("/metrics", "for Prometheus"),
    ("/api/v1/map", "the map in force, its routes, each worker's revision"),
)


def index(operated: Operated) -> str:
    """The page. Everything that is not ours is escaped."""
    readiness = operated.readiness()
    state = operated.map_state()
    rows = "\n".join(f'<li><a href="{path}"><code>{path}</code></a>: {escape(text)}</li>' for path, text in _PLACES)
    checks = "\n".join(
        f"<li>{escape(name)}: {escape(text)}</li>" for name, text in readiness.checks.items() if text != "ok"
    )
    word = "ready" if readiness.ready else "not ready"
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Gateway: {word}</title></head>
<body>
<h1>Gateway: {word}</h1>
<ul>{checks}</ul>
<p>Map <code>{escape(str(state.get("path", "")))}</code>,
revision <code>{escape(str(state.get("revision", "")))}</code></p>
<ul>
{rows}
</ul>
</body>
</html>
"""
