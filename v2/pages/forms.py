"""Forms of pages, in HTML: WTForms, with the CSRF token that `gateway.compat` issues and checks."""

from __future__ import annotations

from markupsafe import Markup
from wtforms import Form, HiddenField


class PageForm(Form):  # type: ignore[misc]  # WTForms has no types
    """A form whose token was checked before the route was reached."""

    csrf_token = HiddenField()

    def hidden_tag(self) -> Markup:
        """The token, for the page."""
        return Markup(self.csrf_token())  # noqa: S704 - WTForms has escaped it

    def carry(self, token: str) -> None:
        """Let the page have this token, whatever was sent."""
        self.csrf_token.data = token
