"""What the CMS tells: an entry has changed, so what is cached of it is stale."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from typing import Any

from fastapi import APIRouter, BackgroundTasks, HTTPException, Request
from pydantic import BaseModel, ConfigDict, ValidationError

from v2.kept import PLAIN
from v2.resources import Held
from v2.wire import Model, header

router = APIRouter(prefix="/webhooks", route_class=PLAIN)


class Event(BaseModel):
    """Strapi's, of which two members are looked at; it may send more."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    event: Any
    model: Any = None
    entry: dict[str, Any]

    @property
    def stale(self) -> list[str]:
        """Patterns of the keys that are not true any more."""
        if self.model != "article":
            return []
        slug, category = self.entry.get("slug"), self.entry.get("category")
        patterns = ["articles:list::*"]
        if slug:
            patterns.append(f"articles:item:{slug}")
        # An entry that names no category may be in any list.
        patterns.append(f"articles:list:{category}:*" if category else "articles:list:*")
        return patterns


class Invalidated(Model):
    invalidated: list[str]


@router.post("/strapi")
async def strapi(request: Request, held: Held, tasks: BackgroundTasks) -> Invalidated:
    """Learn from the CMS that an entry has changed."""
    body = await request.body()
    secret = held.settings.strapi_webhook_secret.encode()
    expected = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), header(request, "x-strapi-signature").encode()):
        raise HTTPException(401, "The signature is missing or wrong.")
    event = _event(body)
    keys = await held.cache.delete(*event.stale) if event.stale else []
    tasks.add_task(_note, event, keys)  # the CMS waits for the answer, not for our log
    return Invalidated(invalidated=keys)


def _note(event: Event, keys: list[str]) -> None:
    logging.getLogger("v2.webhooks").info("%s of %s: %d keys invalidated", event.event, event.model, len(keys))


def _event(body: bytes) -> Event:
    try:
        content = json.loads(body)
    except ValueError:
        raise HTTPException(400) from None
    try:
        return Event.model_validate(content)
    except ValidationError:
        raise HTTPException(400, "An event has a name, a model and an entry.") from None
