"""People who use the sample: what they ask, how often, and who they are. Seeded, so that each run asks the same."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.support.load import Answered, Load, load

PEOPLE = 400
"""Visitors, each with a session cookie and an address of its own, so that a canary takes its share of them."""
PATIENT = 3.0
"""Seconds that a visitor rests at most: a connection that says nothing for 5 s is closed, as browsers know."""
TRUSTED = {"GATEWAY_TRUSTED_PROXIES": "127.0.0.1"}
"""The setting that lets a visitor have an address of its own."""

Ask = Callable[[random.Random], str]

WEIGHTS: tuple[tuple[int, Ask], ...] = (
    (30, lambda dice: f"/employee/{dice.randrange(1, 320)}"),
    (16, lambda dice: f"/employees?page={dice.randrange(1, 12)}&per_page={dice.choice((10, 20, 25))}"),
    (10, lambda dice: f"/employees/search?q={dice.choice('abcdefghijklmnop')}&limit={dice.randrange(1, 9)}"),
    (2, lambda dice: f"/employees/search?q={dice.choice('abc')}&limit=all"),
    (4, lambda dice: f"/employees/rated/{dice.randrange(10, 49) / 10}"),
    (3, lambda dice: f"/employee/{dice.randrange(1, 40)}/reports"),
    (2, lambda _dice: "/departments"),
    (8, lambda dice: f"/articles?page={dice.randrange(1, 9)}"),
    (3, lambda _dice: "/staff"),
    (2, lambda _dice: "/export/directory.json"),
    (6, lambda _dice: "/"),
    (3, lambda _dice: "/directory/"),
    (3, lambda _dice: "/news/"),
    (5, lambda _dice: "/health"),
    (2, lambda _dice: "/static/site.css"),
    (1, lambda dice: f"/nothing/{dice.randrange(40)}"),
)


@asynccontextmanager
async def visitors(port: int, *, rate: Callable[[], float], connections: int = 4, seed: int = 7) -> AsyncIterator[Load]:
    """Visit the front door while the block runs, about `rate()` times a second altogether."""
    dice = random.Random(seed)  # noqa: S311  no secret
    asks = [ask for _, ask in WEIGHTS]
    weights = [weight for weight, _ in WEIGHTS]

    def target() -> str:
        return dice.choices(asks, weights)[0](dice)

    def headers() -> str:
        person = dice.randrange(PEOPLE)
        return f"Cookie: session=visitor-{person}\r\nX-Forwarded-For: 10.1.{person // 200}.{person % 200 + 1}\r\n"

    def judge(answer: Answered) -> str | None:
        return f"{answer.target} answered {answer.status}" if answer.status >= 500 else None

    def pause() -> float:
        return min(dice.expovariate(max(rate(), 0.1) / connections), PATIENT)

    async with load(port, target, connections=connections, judge=judge, pause=pause, headers=headers) as result:
        yield result
