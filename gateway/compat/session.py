"""The Flask session in v2: read by any route, written by those that say so, through the app's own session interface.

    async def cart(session: ReadableSession) -> int:          return len(session.get("cart", ()))
    async def add(session: WritableSession) -> None:          session["cart"] = [...]

Everything about it is legacy's: the cookie's name, domain and signature, fallback keys, lifetime, a store of its own.
What v2 writes legacy reads, and the other way round. In a shadow the answer has its cookie, and no store is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Annotated, Any

from fastapi import Depends

from gateway.compat.request import Legacy, LegacyRequest
from gateway.compat.switch import Switch

READ = Switch("session.read", "v2 knows what the Flask session holds")


class SessionView(Mapping[str, Any]):
    """The session's items, to be looked at. Values are the session's own: do not change a list inside of it."""

    def __init__(self, legacy: LegacyRequest) -> None:
        self._legacy = legacy

    def __getitem__(self, key: str) -> Any:
        return self._legacy.session[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._legacy.session)

    def __len__(self) -> int:
        return len(self._legacy.session)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._legacy.app.name}>"  # never the values: they end up in logs

    @property
    def new(self) -> bool:
        """Whether the session began with this request; only some interfaces know."""
        return self._legacy.session.new

    @property
    def permanent(self) -> bool:
        """Whether the session outlives the browser, for `PERMANENT_SESSION_LIFETIME`."""
        return self._legacy.session.permanent

    @property
    def sid(self) -> str | None:
        """The key of a server-side session; None for one that is all in its cookie."""
        sid: str | None = getattr(self._legacy.session, "sid", None)
        return sid


class SessionEditor(SessionView, MutableMapping[str, Any]):
    """The session, to be changed. Saved when the answer's head is sent: what a stream changes later is lost."""

    def __setitem__(self, key: str, value: Any) -> None:
        self._legacy.session[key] = value

    def __delitem__(self, key: str) -> None:
        del self._legacy.session[key]

    # What counts as a change is the session's own to say: Flask's says that emptying an empty one does.

    def clear(self) -> None:
        """Forget everything; the cookie goes."""
        self._legacy.session.clear()

    def pop(self, key: str, *default: Any) -> Any:
        """Take a value out."""
        return self._legacy.session.pop(key, *default)

    def popitem(self) -> tuple[str, Any]:
        """Take the last item out."""
        return self._legacy.session.popitem()

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The value, which is `default` from now on if there was none."""
        return self._legacy.session.setdefault(key, default)

    def update(self, *items: Any, **more: Any) -> None:
        """Set several values."""
        self._legacy.session.update(*items, **more)

    @property
    def permanent(self) -> bool:
        """Whether the session outlives the browser, for `PERMANENT_SESSION_LIFETIME`."""
        return self._legacy.session.permanent

    @permanent.setter
    def permanent(self, permanent: bool) -> None:
        self._legacy.session.permanent = permanent

    @property
    def modified(self) -> bool:
        """Whether it will be saved. Set it after changing something inside of a value: Flask cannot see that."""
        return self._legacy.session.modified

    @modified.setter
    def modified(self, modified: bool) -> None:
        self._legacy.session.modified = modified


async def flask_session(legacy: Legacy) -> SessionView:
    """FastAPI's dependency: the session, to be looked at. The answer says `Vary: Cookie` if it was."""
    READ.applied()
    return SessionView(legacy)


async def writable_flask_session(legacy: Legacy) -> SessionEditor:
    """FastAPI's dependency: the session, to be changed."""
    READ.applied()
    legacy.writes = True
    return SessionEditor(legacy)


ReadableSession = Annotated[SessionView, Depends(flask_session)]
WritableSession = Annotated[SessionEditor, Depends(writable_flask_session)]
