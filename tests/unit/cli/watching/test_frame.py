"""A frame for machines."""

from __future__ import annotations

import json

from gateway.cli.watching.bridge import Bridge
from gateway.cli.watching.frame import Frame
from tests.support.views import a_row, an_overview


def test_the_document_is_what_the_api_answers_but_for_the_charts() -> None:
    shown = Frame(an_overview(), (a_row(),), 1, 2, "http://127.0.0.1:8081", Bridge(1, 2, 0, 0))
    document = json.loads(json.dumps(shown.document()))
    assert "charts" not in document["overview"]
    assert document["overview"]["gates"] == {"ready": 3, "not_ready": 4, "inconclusive": 8}
    assert document["rows"][0]["mode"] == "canary"
    assert document["bridge"] == {"busy": 1, "idle": 2, "stuck": 0, "waiting": 0}
    assert (document["found"], document["total"], document["trouble"]) == (1, 2, "")
