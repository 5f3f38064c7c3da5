"""Who is logged in, through the app's own Flask-Login: session, remember-me cookie, request loader.

    async def account(user: LoggedIn) -> ...            legacy's own 401, or its redirect to the login page with `next`
    async def security(user: FreshlyLoggedIn) -> ...    and its demand to log in again
    async def home(user: CurrentUser) -> ...            None for somebody who is not logged in
    async def login(login: Login) -> ...                await login.log_in(user_id, remember=True)

The user is the object that the app's `user_loader` returns. It was loaded on a thread; what its attributes would load
lazily is loaded on a thread, too: `await login.read(lambda user: user.team.name)`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, TypeVar

from fastapi import Depends

from gateway.compat.answer import LegacyAnswer
from gateway.compat.request import Legacy, LegacyRequest
from gateway.compat.switch import Switch
from gateway.errors import CompatMisused

USER = Switch("login.user", "who is logged in on legacy is logged in on v2")
REFUSED = Switch("login.unauthorized", "who is not logged in gets legacy's 401 or its way to the login page")
LOGGED_IN = Switch("login.log_in", "who logs in on v2 is logged in on legacy")
LOGGED_OUT = Switch("login.log_out", "who logs out on v2 is logged out on legacy")

T = TypeVar("T")
View = Callable[[], object]


class LoginOfLegacy:
    """Logging in and out, and who is. Every method runs Flask-Login's own functions in the request's context."""

    def __init__(self, legacy: LegacyRequest) -> None:
        if getattr(legacy.app, "login_manager", None) is None:
            raise CompatMisused(
                f"the legacy application {legacy.app.name!r} has no Flask-Login: nobody can be logged in"
            )
        legacy.writes = True  # a remember-me cookie becomes a session, and a refusal leaves a message in it
        self._legacy = legacy

    async def user(self) -> Any:
        """The current user; the app's anonymous one for somebody who is not logged in. Loaded once a request."""
        from flask_login import current_user  # noqa: PLC0415 - an app may not have it

        user = await self._legacy.run(current_user._get_current_object)  # noqa: SLF001 - Werkzeug's documented name
        if user.is_authenticated:
            USER.applied()
        return user

    async def read(self, look: Callable[[Any], T]) -> T:
        """What `look` finds on the current user, on a thread: it may ask the database."""
        user = await self.user()
        return await self._legacy.run(lambda: look(user))

    async def is_fresh(self) -> bool:
        """Whether the password was given in this session, not remembered from an earlier one."""
        from flask_login import login_fresh  # noqa: PLC0415

        await self.user()  # which finds out
        return bool(self._legacy.here(login_fresh))

    async def log_in(
        self,
        user: Any,
        *,
        remember: bool = False,
        duration: timedelta | None = None,
        force: bool = False,
        fresh: bool = True,
    ) -> bool:
        """Log a user in, on both sides. False for one who is unknown, or inactive and not forced.

        `user` is what the app's `user_loader` takes (`"7"`, 7), or a user object. The others are those of Flask-Login's
        `login_user`. Whether the password is right was settled before.
        """
        from flask_login import login_user  # noqa: PLC0415

        def enter() -> bool:
            found = self._load(user) if isinstance(user, str | int) else user
            return found is not None and bool(login_user(found, remember, duration, force, fresh))

        entered = await self._legacy.run(enter)
        if entered:
            LOGGED_IN.applied()
        return entered

    async def log_out(self) -> None:
        """Log the current user out, on both sides; a remember-me cookie is taken away."""
        from flask_login import logout_user  # noqa: PLC0415

        LOGGED_OUT.applied()
        await self._legacy.run(logout_user)

    async def confirm(self) -> None:
        """The password was given again: the login is fresh."""
        from flask_login import confirm_login  # noqa: PLC0415

        await self._legacy.run(confirm_login)

    async def demand(self, *, fresh: bool = False) -> Any:
        """The current user, or LegacyAnswer with what Flask-Login's `login_required` answers, in legacy's words.

        As there, `LOGIN_DISABLED` and OPTIONS let everybody in: the user is the anonymous one then.
        """
        from flask_login import fresh_login_required, login_required  # noqa: PLC0415

        legacy, guard = self._legacy, fresh_login_required if fresh else login_required
        passed = object()

        def ask() -> Any:
            outcome = guard(lambda: passed)()
            return None if outcome is passed else legacy.app.make_response(outcome)

        try:
            refusal = await legacy.run(ask)
        except LegacyAnswer:  # without a login page Flask-Login aborts with 401
            REFUSED.applied()
            raise
        if refusal is not None:
            REFUSED.applied()
            raise legacy.refuse(refusal)
        return await self.user()

    def _load(self, user_id: str | int) -> Any:
        loader = self._legacy.app.login_manager.user_callback  # type: ignore[attr-defined]  # Flask-Login's own
        if loader is None:
            raise CompatMisused("the legacy application has no user_loader; give login.log_in() a user object")
        return loader(str(user_id))


async def flask_login(legacy: Legacy) -> LoginOfLegacy:
    """FastAPI's dependency: logging in and out."""
    return LoginOfLegacy(legacy)


Login = Annotated[LoginOfLegacy, Depends(flask_login)]


async def current_user(login: Login) -> Any:
    """FastAPI's dependency: the current user, None for somebody who is not logged in."""
    user = await login.user()
    return user if user.is_authenticated else None


async def login_required(login: Login) -> Any:
    """FastAPI's dependency: the current user, or legacy's answer to somebody who is not logged in."""
    return await login.demand()


async def fresh_login_required(login: Login) -> Any:
    """FastAPI's dependency: the current user who gave the password in this session, or legacy's answer."""
    return await login.demand(fresh=True)


CurrentUser = Annotated[Any, Depends(current_user)]
LoggedIn = Annotated[Any, Depends(login_required)]
FreshlyLoggedIn = Annotated[Any, Depends(fresh_login_required)]
