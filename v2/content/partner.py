"""The third party behind /aggregate: weather, exchange rates and public holidays."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from pydantic import JsonValue

from v2.content.calls import get_json
from v2.wire import Model

COUNTRIES = {
    "Berlin": "DE",
    "Lisbon": "PT",
    "Zürich": "CH",
    "Vienna": "AT",
    "Paris": "FR",
    "Rotterdam": "NL",
    "Kraków": "PL",
}


class Day(Model):
    city: str
    weather: JsonValue
    rates: JsonValue
    holidays: JsonValue


async def aggregate(client: httpx.AsyncClient, url: str, city: str) -> Day:
    """Three calls at the same time.

    Where several fail, the first of them in the order of the legacy application decides about the answer.
    """
    answers: tuple[Any, ...] = await asyncio.gather(
        get_json(client, f"{url}/v1/weather", {"city": city}, whose="partner"),
        get_json(client, f"{url}/v1/rates", {"base": "EUR"}, whose="partner"),
        get_json(client, f"{url}/v1/holidays", {"country": COUNTRIES.get(city, "DE")}, whose="partner"),
        return_exceptions=True,
    )
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    weather, rates, holidays = answers
    return Day(city=city, weather=weather, rates=rates["rates"], holidays=holidays["holidays"])
