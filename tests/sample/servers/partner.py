"""The third party of the sample: weather, exchange rates and public holidays, 50 ms away.

    python tests/sample/servers/partner.py --port 9001 [--latency 0.05]

Answers are canned. As in many a vendor's sandbox, magic cities misbehave: `Errorville` gets a 500, `Garbletown`
no JSON, `Slowtown` an answer after `--slow` seconds (default 5).
"""

from __future__ import annotations

import argparse
import asyncio

from listening import parser, serve
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

RATES = {"EUR": {"CHF": 0.9372, "GBP": 0.8361, "PLN": 4.2475, "USD": 1.0925}}
HOLIDAYS = {
    "AT": ["2025-01-01", "2025-10-26", "2025-12-25"],
    "CH": ["2025-01-01", "2025-08-01", "2025-12-25"],
    "DE": ["2025-01-01", "2025-05-01", "2025-10-03", "2025-12-25"],
    "FR": ["2025-01-01", "2025-05-01", "2025-07-14", "2025-12-25"],
    "NL": ["2025-01-01", "2025-04-26", "2025-12-25"],
    "PL": ["2025-01-01", "2025-05-03", "2025-11-11", "2025-12-25"],
    "PT": ["2025-01-01", "2025-04-25", "2025-06-10", "2025-12-25"],
}


class Partner:
    """The three resources, each `latency` seconds away."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.latency: float = options.latency
        self.slow: float = options.slow
        self.calls = {"weather": 0, "rates": 0, "holidays": 0}

    async def weather(self, request: Request) -> Response:
        """`{"city", "celsius", "sky"}`, made of the city's name."""
        self.calls["weather"] += 1
        city = request.query_params.get("city", "")
        await asyncio.sleep(self.slow if city == "Slowtown" else self.latency)
        if city == "Errorville":
            return JSONResponse({"error": "internal"}, 500)
        if city == "Garbletown":
            return PlainTextResponse("<html>It works!</html>")
        number = sum(city.encode())
        sky = ("clear", "cloudy", "rain", "snow")[number % 4]
        return JSONResponse({"city": city, "celsius": number % 300 / 10, "sky": sky})

    async def rates(self, request: Request) -> Response:
        """`{"base", "rates": {currency: rate}}`."""
        self.calls["rates"] += 1
        await asyncio.sleep(self.latency)
        base = request.query_params.get("base", "EUR")
        return JSONResponse({"base": base, "rates": RATES[base]}) if base in RATES else JSONResponse({}, 404)

    async def holidays(self, request: Request) -> Response:
        """`{"country", "holidays": [ISO date]}`."""
        self.calls["holidays"] += 1
        await asyncio.sleep(self.latency)
        country = request.query_params.get("country", "")
        return JSONResponse({"country": country, "holidays": HOLIDAYS.get(country, [])})

    async def show_calls(self, _request: Request) -> Response:
        """How often each resource was asked for; not delayed."""
        return JSONResponse(self.calls)


def create(options: argparse.Namespace) -> Starlette:
    """The partner as an application."""
    partner = Partner(options)
    return Starlette(
        routes=[
            Route("/v1/weather", partner.weather),
            Route("/v1/rates", partner.rates),
            Route("/v1/holidays", partner.holidays),
            Route("/calls", partner.show_calls),
        ],
    )


if __name__ == "__main__":
    arguments = parser(__doc__ or "")
    arguments.add_argument("--latency", type=float, default=0.05, help="seconds per call")
    arguments.add_argument("--slow", type=float, default=5.0, help="seconds that Slowtown takes")
    serve(create, arguments.parse_args())
