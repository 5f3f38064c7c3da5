"""The same stories told to gunicorn and to the gateway in legacy mode: every answer is the same, byte for byte.

`normalise.py` says what may differ, and why.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from pprint import pformat
from typing import Any

import pytest
from flask import request

from legacy.app import create_app
from tests.sample.client import Client, FlaskClient
from tests.sample.conftest import SECRETS, Sample
from tests.sample.normalise import Normaliser
from tests.sample.stories import STORIES, Recorder


def recorder(client: Client) -> Recorder:
    return Recorder(client, SECRETS["API_KEY"], SECRETS["STRAPI_WEBHOOK_SECRET"])


@dataclass(frozen=True)
class Pair:
    """The same application, twice, and how to compare their answers."""

    gunicorn: Client
    gateway: Client
    normalise: Normaliser


@pytest.fixture(scope="module")
def pair(start: Callable[..., Sample], connections: dict[str, str]) -> Pair:
    """Two fresh applications that share a partner and a CMS and nothing else."""
    began = time.time()
    native, through = (
        start(way, CACHE_PREFIX=f"pair-{uuid.uuid4().hex}:", **connections) for way in ("gunicorn", "gateway")
    )
    normalise = Normaliser(SECRETS["SECRET_KEY"], SECRETS["JWT_SECRET_KEY"], began)
    return Pair(native.client, through.client, normalise)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_the_gateway_answers_as_gunicorn_does(pair: Pair, story: Callable[[Recorder], None]) -> None:
    native, through = recorder(pair.gunicorn), recorder(pair.gateway)
    story(native)
    story(through)
    assert [label for label, _ in through.tape] == [label for label, _ in native.tape]
    differences = [
        (label, *only_differing(pair.normalise(expected), pair.normalise(given)))
        for (label, expected), (_, given) in zip(native.tape, through.tape, strict=True)
        if pair.normalise(expected) != pair.normalise(given)
    ]
    assert not differences, pformat(differences, width=160)


def only_differing(expected: dict[str, Any], given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parts of two answers that differ; of headers, the differing lines."""
    parts = [name for name in expected if expected[name] != given[name]]
    ours, theirs = {name: expected[name] for name in parts}, {name: given[name] for name in parts}
    if "headers" in parts and sorted(ours["headers"]) != sorted(theirs["headers"]):
        ours["headers"], theirs["headers"] = (
            [line for line in one if line not in other]
            for one, other in ((ours["headers"], theirs["headers"]), (theirs["headers"], ours["headers"]))
        )
    return ours, theirs


def test_the_stories_ask_for_every_endpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'stories.sqlite3'}")
    monkeypatch.setenv("UPLOAD_FOLDER", str(tmp_path))
    monkeypatch.setenv("API_KEY", SECRETS["API_KEY"])
    app = create_app()
    asked = set()
    app.before_request(lambda: asked.add((request.endpoint, request.method)))  # type: ignore[arg-type]  # the set's None
    for story in STORIES:
        story(recorder(FlaskClient(app)))
    offered = {(rule.endpoint, method) for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    assert {(endpoint, method) for endpoint, method in offered - asked if method not in {"HEAD", "OPTIONS"}} == set()
