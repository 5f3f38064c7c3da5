"""Calls to other services, and what their failures become."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
from fastapi import HTTPException


async def get_json(
    client: httpx.AsyncClient,
    url: str,
    parameters: Mapping[str, str | int],
    *,
    whose: str,
    headers: Mapping[str, str] | None = None,
) -> Any:
    """The JSON at an address. Raises HTTPException: 504 for a service that is too slow, 502 for one that fails."""
    try:
        response = await client.get(url, params=dict(parameters), headers=headers)
        response.raise_for_status()
        return response.json()
    except httpx.TimeoutException as error:
        raise HTTPException(504, f"The {whose} does not answer in time.") from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise HTTPException(502, f"The {whose} does not answer properly.") from error
