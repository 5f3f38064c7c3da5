"""A client cannot tell which side answers, whatever the map says from one request to the next."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from tests.support.asgi import Answer
from tests.support.stateful import v2
from tests.support.stateful.visitor import Visitor, both, seen

pytestmark = pytest.mark.anyio

PATTERNS = ["V", "LV", "VL", *(f"random {seed}" for seed in range(3))]
EXACT = {b"content-type", b"location", b"vary", b"www-authenticate", b"x-request-id"}


@dataclass
class Walk:
    """One visitor on its way: each request to the next side of the pattern, and what was seen of each answer."""

    visitor: Visitor
    sides: Callable[[], str]
    to_the_letter: bool = False
    transcript: list[Any] = field(default_factory=list)

    async def __call__(self, method: str, target: str, **options: Any) -> Answer:
        answer = await self.visitor.ask(self.sides(), method, target, **options)
        shown = seen(answer)
        if not self.to_the_letter and 300 <= answer.status < 400:
            del shown["body"]  # the page of a redirect is the wire format's matter
        if self.to_the_letter:
            shown["headers"] = sorted((name, value) for name, value in answer.headers if name in EXACT)
        self.transcript.append((method, target.partition("?")[0], shown))
        return answer


def pattern(text: str) -> Callable[[], str]:
    if text.startswith("random"):
        draw = random.Random(text)  # noqa: S311 - the same one in every run
        return lambda: draw.choice(["legacy", "v2"])
    number = iter(range(1000))
    return lambda: {"L": "legacy", "V": "v2"}[text[next(number) % len(text)]]


def token_of(answer: Answer) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', answer.body.decode())
    assert found, answer.body
    return found[1]


async def a_day(walk: Walk) -> None:
    """A cart, notes, a login that is remembered, a form, a session that ends with the browser, a logout."""
    await walk("GET", "/")
    await walk("GET", "/plain")
    await walk("GET", "/cart")
    await walk("PUT", "/cart/apple")  # refused: no token
    token = token_of(await walk("GET", "/login"))
    walk.visitor.headers["x-csrftoken"] = token
    for item in ("apple", "pear", "fig"):
        await walk("PUT", f"/cart/{item}")
        await walk("GET", "/cart")
    await walk("GET", "/note/one")
    await walk("GET", "/note/two")
    await walk("GET", "/notes")
    await walk("GET", "/notes")  # shown once
    await walk("PUT", "/keep/1")
    await walk("GET", "/plain")  # a permanent session is sent again with each answer
    await walk("PUT", "/keep/0")
    await walk("GET", "/account?a=1&b=2")
    await walk("POST", "/login", form={"password": "wrong"})
    await walk("POST", "/login?next=%2Fsecurity", form={"password": "ada's password", "remember": "on"})
    await walk("GET", "/security")
    await walk("POST", "/account", form={"nick": "The Countess"})
    await walk("GET", "/account")
    await walk("GET", "/account")
    walk.visitor.cookies.pop("staff")  # the browser was closed: what remains is the remember-me cookie
    await walk("GET", "/")
    await walk("GET", "/security")
    walk.visitor.headers["x-csrftoken"] = token_of(await walk("GET", "/account"))
    await walk("POST", "/logout", form={})
    await walk("GET", "/")
    await walk("GET", "/account")
    assert "remember_token" not in walk.visitor.cookies
    await walk("DELETE", "/cart")
    assert "staff" not in walk.visitor.cookies
    await walk("GET", "/", headers={"x-key": "grace's password"})  # the request loader
    await walk("GET", "/forbidden")


async def programs(walk: Walk) -> None:
    """Tokens in a header, in a query, in a body, in cookies with their double submit; refreshed, and revoked."""
    made = (await walk("POST", "/auth/login", body={"password": "grace's password"})).body.decode()
    access, refresh = (re.search(rf'"{name}": ?"([^"]+)"', made)[1] for name in ("access", "refresh"))  # type: ignore[index]
    csrf = walk.visitor.cookies["csrf_access_token"]
    await walk("GET", "/auth/whoami")
    await walk("POST", "/auth/whoami")  # refused: no double submit
    await walk("POST", "/auth/whoami", headers={"x-csrf-token": csrf})
    await walk("POST", "/auth/whoami", form={"csrf_token": csrf})
    await walk("POST", "/auth/whoami", form={"csrf_token": "another"})
    walk.visitor.cookies.clear()
    await walk("POST", "/auth/login", body={"password": "nobody's"})
    await walk("GET", "/auth/whoami")
    await walk("GET", "/auth/maybe")
    for header in (
        "Bearer",
        f"Bearer {access} more",
        "Bearer no.token.this",
        f"Basic {access}",
        f"Bearer {access[:-3]}abc",
    ):
        await walk("GET", "/auth/whoami", headers={"authorization": header})
    bearer = {"authorization": f"Bearer {access}"}
    await walk("GET", "/auth/whoami", headers=bearer)
    await walk("GET", f"/auth/whoami?jwt={access}")
    await walk("POST", "/auth/whoami", body={"access_token": access})
    await walk("GET", "/auth/maybe", headers=bearer)
    await walk("GET", "/auth/fresh", headers=bearer)
    await walk("POST", "/auth/refresh", headers=bearer)  # refused: not a refresh token
    again = await walk("POST", "/auth/refresh", headers={"authorization": f"Bearer {refresh}"})
    stale = {"authorization": "Bearer " + re.search(r'"access": ?"([^"]+)"', again.body.decode())[1]}  # type: ignore[index]
    await walk("GET", "/auth/fresh", headers=stale)
    await walk("DELETE", "/auth/token", headers=stale)
    await walk("GET", "/auth/whoami", headers=stale)
    await walk("GET", "/auth/whoami", headers=bearer)


USED = {
    a_day: {
        *("session.read", "session.write", "session.refresh", "session.vary", "flashes.add", "flashes.take"),
        *("login.user", "login.unauthorized", "login.log_in", "login.log_out", "csrf.protect", "csrf.issue"),
        "context.legacy",
    },
    programs: {"jwt.verify", "jwt.issue", "context.legacy"},
}
"""The switches that are counted on the way."""


@pytest.mark.parametrize("journey", [a_day, programs])
async def test_every_answer_is_legacys_whichever_side_gives_it(
    journey: Callable[[Walk], Any], sides: dict[str, Any], applied: list[str]
) -> None:
    """With sessions in a cookie, and in Redis; each pattern is a map that is flipped in the middle of the journey."""
    expected = Walk(Visitor(sides), lambda: "legacy")
    await journey(expected)
    assert applied == []
    for text in PATTERNS:
        walk = Walk(Visitor(sides), pattern(text))
        await journey(walk)
        for wanted, got in zip(expected.transcript, walk.transcript, strict=True):
            assert got == wanted, text
    assert USED[journey] <= set(applied)


@pytest.mark.parametrize("store", ["cookie"], indirect=True)
@pytest.mark.parametrize("journey", [a_day, programs])
async def test_with_the_wire_formats_switches_beside_it_every_answer_is_legacys_to_the_letter(
    journey: Callable[[Walk], Any], flask_app: Flask
) -> None:
    """Bodies of redirects and of refusals, and content types, too: state and wire format get along."""
    whole = v2.create_app(switches=["all"], hook_names=["csrf_protect", "remember_request_id", "add_headers"])
    async with both(flask_app, whole) as sides:
        expected, walk = (Walk(Visitor(sides), pattern(text), to_the_letter=True) for text in ("L", "V"))
        await journey(expected)
        await journey(walk)
    for wanted, got in zip(expected.transcript, walk.transcript, strict=True):
        assert got == wanted
