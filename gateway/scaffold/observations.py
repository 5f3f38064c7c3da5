"""What legacy was seen to answer on a route: by the evidence, in a HAR, or asked again what was recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from gateway.anatomy.observed import WITHHELD
from gateway.evidence.sample import Body, Sample, SampledResponse
from gateway.parity.causes import catalogue

if TYPE_CHECKING:
    from gateway.evidence.store import EvidenceStore

GROUPS = 40
SAMPLES = 20
"""Of each group of mismatches: as many as a store keeps. Where v2 has no route yet, all of them are one group."""
SAFE = frozenset({"GET", "HEAD"})
_MARK = re.compile(r"«redacted:[0-9a-f]{8}»")
"""What the evidence has in place of a secret."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One exchange. `json` and `sent` are parsed bodies, None where there was no JSON; `target` has the query."""

    method: str
    target: str
    status: int
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()
    json: Any = None
    sent: Any = None


@dataclass(slots=True)
class Observations:
    """What is known of a route: its exchanges, and the compat switches that the causes of its mismatches name."""

    seen: list[Seen] = field(default_factory=list)
    switches: set[str] = field(default_factory=set)

    @property
    def good(self) -> list[Seen]:
        """Those that succeeded."""
        return [one for one in self.seen if one.status in range(200, 300)]


def of_evidence(store: EvidenceStore, route_id: str) -> Observations:
    """What a gateway kept. A value that was redacted whole is WITHHELD: it may have been a number.

    Raises EvidenceUnavailable, EvidenceCorrupt or EvidenceRefused, as the store does.
    """
    from gateway.evidence.store import GroupQuery  # noqa: PLC0415  SQLAlchemy's world

    switches = {cause.name: cause.switch for cause in catalogue()}
    found = Observations()
    for group in store.groups(GroupQuery(route=route_id, limit=GROUPS)).groups:
        found.switches |= {switch for cause in group.causes if (switch := switches.get(cause, ""))}
        for sample_id in group.samples[-SAMPLES:]:
            sample = store.get(sample_id)
            if sample is None or not isinstance(sample.legacy, SampledResponse):
                continue
            found.seen.append(_of_sample(sample, sample.legacy))
    return found


def _of_sample(sample: Sample, legacy: SampledResponse) -> Seen:
    query = f"?{sample.request.query}" if sample.request.query else ""
    return Seen(
        sample.request.method,
        sample.request.path + query,
        legacy.status,
        _content_type(legacy.headers),
        tuple(legacy.headers),
        _json(legacy.body),
        _json(sample.request.body),
    )


def is_whole(target: str) -> bool:
    """Whether nothing of a path and query was redacted, so that it can be asked again."""
    return _MARK.search(unquote(target)) is None


def of_har(path: Path) -> Iterator[Seen]:
    """The exchanges of a HAR, answers included. Raises OSError and ValueError for what is none."""
    for entry in json.loads(path.read_text(encoding="utf-8-sig"))["log"]["entries"]:
        request, response = entry.get("request", {}), entry.get("response", {})
        url = urlsplit(str(request.get("url", "")))
        content = response.get("content", {})
        headers = tuple((str(one["name"]).lower(), str(one["value"])) for one in response.get("headers", ()))
        yield Seen(
            str(request.get("method", "GET")),
            (url.path or "/") + (f"?{url.query}" if url.query else ""),
            int(response.get("status", 0)),
            str(content.get("mimeType", "")),
            headers,
            _parsed(content.get("text")),
            _parsed((request.get("postData") or {}).get("text")),
        )


def of_legacy(application: Any, asked: Iterable[tuple[str, str, list[tuple[str, str]]]]) -> Iterator[Seen]:
    """What the legacy application answers now to recorded requests that only read: method, target, headers."""
    from werkzeug.test import Client  # noqa: PLC0415  the command line starts without werkzeug

    client = Client(application, use_cookies=False)
    for method, target, headers in asked:
        if method not in SAFE:
            continue
        answer = client.open(target, method=method, headers=headers)
        text = answer.get_data(as_text=True) if answer.mimetype == "application/json" else None
        lines = tuple((name.lower(), value) for name, value in answer.headers)
        yield Seen(method, target, answer.status_code, answer.content_type or "", lines, _parsed(text))
        answer.close()


def _content_type(headers: Iterable[tuple[str, str]]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _json(body: Body) -> Any:
    if body.content is None or body.truncated:
        return None
    return _without_marks(_parsed(body.content.decode("utf-8", "replace")))


def _without_marks(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_marks(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_without_marks(member) for member in value]
    return WITHHELD if isinstance(value, str) and _MARK.fullmatch(value) else value


def _parsed(text: Any) -> Any:
    if not isinstance(text, str) or not text.strip():
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
