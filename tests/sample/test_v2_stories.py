"""The same stories told to gunicorn and to v2 behind the gateway: nobody could tell which one answered.

Every answer has the same status, the same header lines in whatever order, and the same body, byte for byte.
`normalise.py` says what may differ because it is random or the time; `AT_THE_DOOR` what never reaches v2.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pprint import pformat
from typing import Any

import pytest

from tests.sample.client import Client
from tests.sample.conftest import SECRETS, Sample
from tests.sample.normalise import Normaliser
from tests.sample.stories import STORIES, Recorder

# What the door answers itself where v2 may be asked: docs/decisions/0005. Legacy's routes answered, or had none.
AT_THE_DOOR = {
    "GET /news//story-3": 308,
    "GET //employee/1": 308,
    "GET /employee//1": 308,
    "GET /employee/1%2Freports": 400,
    "GET /people/a%2Fb": 400,
    "GET /./employee/1": 400,
    "GET /employee/../health": 400,
    "GET /employee/%00": 400,
    "GET /employee/caf%E9": 400,
    "GET /static/../app.py": 400,
    "GET /static/%2e%2e/app.py": 400,
    "GET /downloads/..%2fapp.py": 400,
}
SETS = {"allow", "vary"}  # Flask takes their order from a set


@dataclass(frozen=True)
class Pair:
    """The application that was, and the one that came after it."""

    legacy: Client
    v2: Client
    normalise: Normaliser


@pytest.fixture(scope="module")
def pair(start: Callable[..., Sample], connections: dict[str, str]) -> Pair:
    """Two fresh applications that share a partner and a CMS and nothing else."""
    began = time.time()
    legacy, v2 = (start(way, CACHE_PREFIX=f"pair-{uuid.uuid4().hex}:", **connections) for way in ("gunicorn", "v2"))
    return Pair(legacy.client, v2.client, Normaliser(SECRETS["SECRET_KEY"], SECRETS["JWT_SECRET_KEY"], began))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_v2_answers_as_legacy_did(pair: Pair, story: Callable[[Recorder], None]) -> None:
    legacy, v2 = (
        Recorder(each, SECRETS["API_KEY"], SECRETS["STRAPI_WEBHOOK_SECRET"]) for each in (pair.legacy, pair.v2)
    )
    story(legacy)
    story(v2)
    assert [label for label, _ in v2.tape] == [label for label, _ in legacy.tape]
    found = [
        (label, different)
        for (label, expected), (_, given) in zip(legacy.tape, v2.tape, strict=True)
        if label not in AT_THE_DOOR and (different := differences(pair.normalise(expected), pair.normalise(given)))
    ]
    assert not found, pformat(found, width=160)
    for label, answer in v2.tape:
        assert label not in AT_THE_DOOR or answer.status == AT_THE_DOOR[label], label


def differences(expected: dict[str, Any], given: dict[str, Any]) -> list[str]:
    """One line for each."""
    ours, theirs = (Counter(_lines(answer["headers"])) for answer in (expected, given))
    found = [f"legacy only: {name}: {value}" for name, value in (ours - theirs).elements()]
    found += [f"v2 only: {name}: {value}" for name, value in (theirs - ours).elements()]
    if expected["status"] != given["status"]:
        found.append(f"status: {expected['status']} / {given['status']}")
    if expected["body"] != given["body"]:
        at = next(at for at in count() if expected["body"][: at + 1] != given["body"][: at + 1])
        found.append(f"body, from {at} on: {expected['body'][at : at + 200]!r} / {given['body'][at : at + 200]!r}")
    return found


def _lines(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [
        (name, word.strip()) for name, value in headers for word in (value.split(",") if name in SETS else (value,))
    ]
