"""What legacy was seen to answer: kept by a gateway, recorded in a HAR, or asked again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, jsonify, request

from gateway.anatomy.observed import WITHHELD
from gateway.evidence.store import EvidenceStore
from gateway.scaffold.observations import Seen, is_whole, of_evidence, of_har, of_legacy
from tests.support.evidence import Evidence, answer, beside

MAP = """\
version: 1
backends:
  legacy: {wsgi: "shop:app"}
  v2: {asgi: "newshop:app"}
routes:
  - {id: words, path: /words, methods: [GET], mode: shadow}
  - {id: other, path: /other, methods: [GET], mode: shadow}
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EvidenceStore]:
    """A gateway that ran with v2's first mistakes."""
    path = tmp_path / "migration_map.yaml"
    path.write_text(MAP, encoding="utf-8")
    evidence = Evidence(path)
    for number, body in enumerate([{"id": 1, "password": 12345, "at": "Fri, 20 Nov 2026 18:24:00 GMT"}, {"id": 2}]):
        theirs = body | {"at": "2026-11-20T18:24:00"} if "at" in body else {"id": "2"}
        evidence.saw("words", answer(body), answer(theirs), path="/words", query=b"n=%d&token=abc" % number)
    evidence.saw("other", answer({"other": 1}), answer({"other": 2}), path="/other")
    evidence.write()
    with beside(path) as opened:
        yield opened


def test_the_evidence_of_a_route_is_its_exchanges_and_the_switches_of_their_causes(store: EvidenceStore):
    found = of_evidence(store, "words")
    assert sorted(one.json["id"] for one in found.seen) == [1, 2]
    assert {(one.method, one.status, one.content_type) for one in found.good} == {("GET", 200, "application/json")}
    assert "json.http_dates" in found.switches
    assert all("other" not in one.json for one in found.seen)


def test_of_a_route_that_v2_does_not_have_every_answer_that_was_kept_counts(tmp_path: Path):
    path = tmp_path / "migration_map.yaml"
    path.write_text(MAP, encoding="utf-8")
    evidence = Evidence(path)
    for number in range(20):
        evidence.saw("words", answer({"id": number}), answer({}, 404), path="/words", query=b"n=%d" % number)
    evidence.write()
    with beside(path) as opened:
        assert {one.json["id"] for one in of_evidence(opened, "words").seen} == set(range(20))


def test_what_was_redacted_is_of_no_type_and_cannot_be_asked_again(store: EvidenceStore):
    found = of_evidence(store, "words").seen
    (secret,) = (one.json["password"] for one in found if "password" in one.json)
    assert secret is WITHHELD
    assert not any(is_whole(one.target) for one in found)
    assert all(one.target.startswith("/words?n=") for one in found)
    assert is_whole("/words?n=1")


def test_a_har_has_both_halves(tmp_path: Path):
    entry: dict[str, Any] = {
        "request": {"method": "POST", "url": "http://shop.test/words?n=1", "postData": {"text": '{"a": 1}'}},
        "response": {
            "status": 201,
            "headers": [{"name": "Location", "value": "/words/1"}],
            "content": {"mimeType": "application/json", "text": '{"id": 1}'},
        },
    }
    file = tmp_path / "a.har"
    file.write_text(json.dumps({"log": {"entries": [entry]}}), encoding="utf-8")
    assert list(of_har(file)) == [
        Seen("POST", "/words?n=1", 201, "application/json", (("location", "/words/1"),), {"id": 1}, {"a": 1})
    ]


def test_legacy_is_asked_again_what_only_reads():
    flask = Flask("again")
    written = []

    @flask.get("/words")
    def words() -> Any:
        return jsonify(q=request.args.get("q"), key=request.headers.get("X-Key"))

    @flask.get("/page")
    def page() -> Any:
        return "<p>"

    @flask.post("/words")
    def create() -> Any:
        written.append(1)
        return "", 201

    asked = [("GET", "/words?q=a", [("X-Key", "1")]), ("POST", "/words", []), ("GET", "/page", [])]
    found = list(of_legacy(flask, asked))
    assert [(one.target, one.json) for one in found] == [("/words?q=a", {"q": "a", "key": "1"}), ("/page", None)]
    assert found[1].content_type == "text/html; charset=utf-8"
    assert written == []
