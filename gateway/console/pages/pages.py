"""Pages as HTML: a template, what it shows, and the frame around it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from gateway.console.access import session_of
from gateway.console.context import Console
from gateway.console.pages.assets import Assets
from gateway.console.pages.environment import create_environment
from gateway.console.pages.frame import Frame
from gateway.console.pages.words import moment


class Pages:
    """What turns views into answers. Rendering needs no lock: it may be done on any thread."""

    def __init__(self, console: Console, assets: Assets) -> None:
        self.console = console
        self.assets = assets
        self._environment = create_environment()

    def show(self, request: Request, place: str, template: str, **shown: Any) -> Response:
        """A page with its frame."""
        return self._answer(template, self._frame(request, place), HTTPStatus.OK, shown)

    def sign_in(self, following: str) -> Response:
        """The page that asks for a token. It says nothing of the gateway; `following` is where to go afterwards."""
        safe = following if following.startswith("/") and following[1:2] not in {"/", "\\"} else "/"
        return self._answer("signin.html", self._bare(), HTTPStatus.OK, {"next": safe})

    def to_sign_in(self, request: Request) -> Response:
        """Send a reader who has shown nothing to sign in, and back afterwards."""
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse("/signin?" + urlencode({"next": path}), HTTPStatus.SEE_OTHER)

    def fail(self, request: Request, status: HTTPStatus, sentence: str, *, title: str = "", is_known: bool) -> Response:
        """A page that says why there is none. A stranger's (not `is_known`) says nothing of the gateway."""
        frame = self._frame(request, "") if is_known else self._bare()
        return self._answer("error.html", frame, status, {"title": title or status.phrase, "sentence": sentence})

    def _answer(self, template: str, frame: Frame, status: HTTPStatus, shown: Mapping[str, Any]) -> Response:
        text = self._environment.get_template(template).render(frame=frame, **shown)
        return HTMLResponse(text.encode("utf-8", "backslashreplace"), status)

    def _frame(self, request: Request, place: str) -> Frame:
        state = self.console.operated.map_state()
        return Frame(
            place=place,
            assets=self.assets.prefix,
            now=self.console.clock(),
            revision=str(state.get("revision", "")),
            force=state.get("force"),
            forced=_forced(state.get("forced") or {}),
            changes=bool(self.console.guard.token),
            signed_in=session_of(request) is not None,
        )

    def _bare(self) -> Frame:
        return Frame(place="", assets=self.assets.prefix, now=self.console.clock(), signed_out=True)


def _forced(by: Mapping[str, str]) -> str:
    """`by ada, since 2026-11-20 18:24:00Z: v2 is on fire`, as far as it was noted."""
    noted = {**by, "since": _second(by.get("since", ""))}
    who = [f"{word} {noted[name]}" for word, name in (("by", "actor"), ("since", "since")) if noted.get(name)]
    return ", ".join(who) + (f": {by['reason']}" if by.get("reason") else "")


def _second(time: str) -> str:
    """A time of the kill switch's file as a person reads it; what is none stays as it is."""
    try:
        return moment(datetime.fromisoformat(time).timestamp())
    except ValueError:
        return time
