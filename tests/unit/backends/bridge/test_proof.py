"""The proof finds what a bridge changes, and only that."""

from __future__ import annotations

import itertools
import threading

import pytest
from flask import Flask, request

from gateway.backends import bridge_calls, bridge_proof
from gateway.backends.bridge import Bridge
from gateway.backends.bridge_proof import ProbeRequest, probes, prove


def directory():
    app = Flask("directory", static_folder=None)

    @app.get("/")
    def index():
        return {"name": "Zoë", "args": request.args.to_dict(), "url": request.url}

    @app.route("/slash/", methods=["GET", "POST"])
    def slash():
        return request.get_data() or "none"

    @app.get("/stream")
    def stream():
        return (str(number) for number in range(100))

    @app.get("/raise")
    def fail():
        raise LookupError

    @app.get("/employee/<int:number>")
    def employee(number):
        return str(number)

    app.config["PROPAGATE_EXCEPTIONS"] = True
    return app


def test_flask_application_is_equal_both_ways():
    app = directory()
    requests = probes(app.url_map, bodies=True)
    assert len(requests) > 30
    assert prove(app, requests) == ()


def test_probes_are_safe_unless_asked():
    """Nothing but the unknown path is asked to change anything."""
    app = directory()
    writes = [probe for probe in probes(app.url_map) if probe.method not in {"GET", "HEAD", "OPTIONS"}]
    assert {probe.target for probe in writes if probe.method == "POST"} == {"/no-such-path-in-this-application"}
    assert not any("<" in probe.target for probe in probes(app.url_map))
    assert {probe.target for probe in writes} >= {"/", "/slash/", "/stream"}
    assert ProbeRequest("POST", "/slash/", chunked=True) in probes(app.url_map, bodies=True)


def test_probe_of_a_wrong_method_is_wrong_for_every_rule():
    """Two rules may share a path, and a catch-all may take every path: neither is written to."""
    app = Flask("shared", static_folder=None)
    app.add_url_rule("/x", "read", lambda: "", methods=["GET"])
    app.add_url_rule("/x", "write", lambda: "", methods=["PATCH"])
    app.add_url_rule("/<path:rest>", "all", lambda rest: "", methods=["POST", "DELETE"])
    writes = {
        (probe.method, probe.target)
        for probe in probes(app.url_map)
        if probe.method in {"PATCH", "PUT", "POST", "DELETE"}
    }
    assert writes == {("PUT", "/x")}


def test_bridge_that_changes_an_answer_is_found(monkeypatch):
    class Changing(Bridge):
        async def __call__(self, scope, receive, send):
            async def changed(message):
                if "headers" in message:
                    message["headers"] = [(name, value + b"!") for name, value in message["headers"]]
                await send(message)

            await super().__call__(scope, receive, changed)

    monkeypatch.setattr(bridge_proof, "Bridge", Changing)
    (difference,) = prove(directory(), [ProbeRequest("GET", "/stream")])
    assert difference.location == "header:content-type"
    assert (difference.native + "!", difference.unstable) == (difference.bridged, False)


def test_what_the_application_changes_by_itself_is_unstable():
    counter = itertools.count()

    def app(environ, start_response):
        start_response("200 OK", [("X-Count", str(next(counter)))])
        return [b"x"]

    (difference,) = prove(app, [ProbeRequest("GET", "/")])
    assert (difference.location, difference.unstable) == ("header:x-count", True)


def test_answer_that_the_bridge_refuses_is_found():
    def app(environ, start_response):
        start_response("200 OK", [("Content-Length", "1")])
        return [b"too long"]

    differences = prove(app, [ProbeRequest("GET", "/")])
    (exception,) = [difference for difference in differences if difference.location == "exception"]
    assert "longer than its Content-Length" in exception.bridged


@pytest.mark.parametrize("chunk", [b"x" * 100_000, b"tick"])
def test_endless_answer_ends_the_proof_in_time(monkeypatch, chunk):
    monkeypatch.setattr(bridge_calls, "SECONDS", 0.3)
    monkeypatch.setattr(bridge_calls, "LARGEST_ANSWER", 500_000)
    pause = threading.Event()

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        while not pause.wait(0.001 if len(chunk) > 9 else 0.05):
            yield chunk

    assert prove(app, [ProbeRequest("GET", "/events")]) == ()


def test_application_that_never_answers_ends_the_proof_in_time(monkeypatch):
    monkeypatch.setattr(bridge_calls, "SECONDS", 0.1)
    forever = threading.Event()

    def app(environ, start_response):
        forever.wait(20)
        return []

    assert prove(app, [ProbeRequest("GET", "/")]) == ()
    forever.set()
