"""What both applications know: passwords, and the page with a form."""

from __future__ import annotations

from html import escape

KEYS = {"ada's password": "1", "grace's password": "2"}
"""Password, or API key, to the user's number."""


def form_page(title: str, token: str, notes: list[list[str]], *fields: str) -> str:
    """A page with the messages that waited and a form that posts to its own URL."""
    flashes = "".join(f'<p role="status" class="{category}">{escape(text)}</p>' for category, text in notes)
    inputs = "".join(
        f'<label>{name} <input name="{name}" type="{"checkbox" if name == "remember" else "text"}"></label>'
        for name in fields
    )
    hidden = f'<input type="hidden" name="csrf_token" value="{token}">'
    return (
        f"<!doctype html><title>{escape(title)}</title><h1>{escape(title)}</h1>{flashes}"
        f'<form method="post">{hidden}{inputs}<button>Send</button></form>'
        f'<form method="post" action="/logout">{hidden}<button>Log out</button></form>\n'
    )
