"""The third party behind /aggregate: weather, exchange rates and public holidays."""

import requests
from werkzeug.exceptions import BadGateway, GatewayTimeout

COUNTRIES = {
    "Berlin": "DE",
    "Lisbon": "PT",
    "Zürich": "CH",
    "Vienna": "AT",
    "Paris": "FR",
    "Rotterdam": "NL",
    "Kraków": "PL",
}


def aggregate(url, city, timeout):
    """Three calls, one after the other."""
    weather = _get(f"{url}/v1/weather", {"city": city}, timeout)
    rates = _get(f"{url}/v1/rates", {"base": "EUR"}, timeout)
    holidays = _get(f"{url}/v1/holidays", {"country": COUNTRIES.get(city, "DE")}, timeout)
    return {"city": city, "weather": weather, "rates": rates["rates"], "holidays": holidays["holidays"]}


def _get(url, parameters, timeout):
    try:
        response = requests.get(url, params=parameters, timeout=timeout)
        response.raise_for_status()
        return response.json()
    except requests.Timeout as error:
        raise GatewayTimeout("The partner does not answer in time.") from error
    except requests.RequestException as error:
        raise BadGateway("The partner does not answer properly.") from error
