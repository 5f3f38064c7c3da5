"""An ASGI application cannot tell the gateway from uvicorn: the same messages, in the same order, and the same end.

uvicorn alone is asked first and says how it should be. Served, as a shadow and in `gateway replay`, on a thread,
inline, on legacy's side and behind a URL: each way is held against it, message for message.
"""

from __future__ import annotations

import socket
import uuid
from urllib.parse import urlsplit

import pytest

from tests.contract.asgi.transcript import Transcript, events
from tests.contract.asgi.ways import SERVED, SHADOWS, Answered, Asked, Ways, every_way, until

pytestmark = pytest.mark.timeout(120)
UPLOAD = b"0123456789" * 20_000  # 200 kB: several messages

FASTAPI = [
    Asked("json"),
    Asked("sync"),
    Asked("file"),
    Asked("file", "HEAD"),
    Asked("file", headers={"range": "bytes=10-99"}),
    Asked("file", headers={"range": "bytes=0-9,100-199"}),
    Asked("stream"),
    Asked("stream/async"),
    Asked("stream/broken"),
    Asked("events"),
    Asked("upload", "POST", body=UPLOAD),
    Asked("upload", "POST", body=UPLOAD, chunked=True),
    Asked("upload", "POST"),
    Asked("upload/streamed", "POST", body=UPLOAD),
    Asked("upload/unread", "POST", body=UPLOAD),
    Asked("raises"),
    Asked("raises/sync"),
    Asked("missing"),
    Asked("unknown"),
    Asked("session"),
    Asked("session", "POST", body=UPLOAD),
    Asked("session/sync"),
    Asked("session/stream"),
    Asked("session/file"),
    Asked("session/raises"),
    Asked("session/fails"),
    Asked("background"),
    Asked("background/response"),
    Asked("background/stream"),
    Asked("background/callable"),
]
OTHERS = [Asked("json"), Asked("file"), Asked("stream"), Asked("raises"), Asked("background")]
OTHERS += [Asked("upload", "POST", body=UPLOAD), Asked("upload", "POST")]
CASES = {
    "pure": [
        Asked("asks-three-times"),
        Asked("asks-three-times", "POST"),
        Asked("asks-afterwards"),
        Asked("never-asks"),
        Asked("answers-first", "POST", body=UPLOAD),
        Asked("reads"),
        Asked("reads", "POST", body=UPLOAD),
        Asked("reads", "POST", body=UPLOAD, chunked=True),
        Asked("no-length"),
        Asked("too-long"),
        Asked("too-long", "HEAD"),
        Asked("too-short"),
        Asked("too-short", "HEAD"),
        Asked("too-long-later"),
        Asked("sends-after"),
        Asked("starts-twice"),
        Asked("body-first"),
        Asked("catches"),
        Asked("nothing"),
        Asked("start-only"),
        Asked("raises-after"),
        Asked("raises-after-start"),
        Asked("server-error"),
        Asked("works-on"),
    ],
    **dict.fromkeys(("fastapi", "based", "twice", "compat"), FASTAPI),
    "starlette": OTHERS,
    "litestar": [*OTHERS, Asked("events"), Asked("session"), Asked("background/several")],
    "quart": OTHERS,
}
ALL = [(name, asked) for name, cases in CASES.items() for asked in cases]
each = pytest.mark.parametrize(("name", "asked"), ALL, ids=[f"{name}-{asked}" for name, asked in ALL])
LEAVERS = [("fastapi", "endless"), ("based", "endless"), ("fastapi", "waits")]


@pytest.fixture(scope="module")
def ways(tmp_path_factory):
    with every_way(tmp_path_factory.mktemp("asgi")) as running:
        yield running


@pytest.fixture(scope="module")
def alone(ways: Ways):
    """What uvicorn alone makes of a case: the client's answer and the application's transcript. Asked once."""
    known: dict[tuple[str, Asked], tuple[Answered, Transcript]] = {}

    def asked_once(name: str, asked: Asked) -> tuple[Answered, Transcript]:
        key = name, str(asked)
        if key not in known:
            answered, probe = ways.ask("uvicorn", "alone", under(name, asked))
            if asked.target.startswith("background"):
                until(lambda: "background" in events(ways.folder, probe) or None, "the background task did not run")
            known[key] = answered, ended(ways, probe)
        return known[key]

    return asked_once


@pytest.fixture(scope="module")
def replayed(ways: Ways):
    """Every case in one recording; a chunked body is replayed with a length."""
    probes = ways.replay([under(name, asked) for name, asked in ALL])
    return dict(zip(map(str, ((name, str(asked)) for name, asked in ALL)), probes, strict=True))


def under(name: str, asked: Asked) -> Asked:
    return Asked(f"{name}/{asked.target}", asked.method, asked.headers, asked.body, asked.chunked, asked.leave_after)


def ended(ways: Ways, probe: str) -> Transcript:
    """The transcript, with what a task of the application still notes after its call."""
    found = ways.transcript(probe)
    if "begin" in found.events:
        until(lambda: "close" in events(ways.folder, probe) or None, "the dependency was not closed")
    found.events = events(ways.folder, probe)
    return found


def messages(transcript: Transcript, name: str) -> object:
    """What must be the same. A framework may ask the client once more or less, as its tasks happen to be scheduled."""
    if name == "pure":
        asked: object = merged(transcript)
    else:
        asked = transcript.uploaded, transcript.request_ends, transcript.left_early
    return asked, transcript.sends, transcript.end, transcript.asgi


def merged(transcript: Transcript) -> list[tuple[object, ...]]:
    """The receives, with the parts of a body put together: how many there are is the network's."""
    result: list[tuple[object, ...]] = []
    for kind, size, more, complete in transcript.receives:
        if result and kind == "http.request" and result[-1][0] == kind and result[-1][2]:
            result.append((kind, size + int(str(result.pop()[1])), more, complete))
        else:
            result.append((kind, size, more, complete))
    return result


def without_background(noted: list[str]) -> list[str]:
    return [event for event in noted if event != "background"]


COMPARED = ("content-type", "content-length", "content-range", "transfer-encoding", "etag", "last-modified")


@each
@pytest.mark.parametrize("way", SERVED)
def test_served_application_is_asked_as_uvicorn_asks_it(ways: Ways, alone, way: str, name: str, asked: Asked) -> None:
    """Issue of the doubled http.request, bodies of 500s, and their kind."""
    answered, expected = alone(name, asked)
    server, route = SERVED[way]
    got, probe = ways.ask(server, route, under(name, asked))
    seen = ended(ways, probe)
    ways.settle(server, seen)
    assert messages(seen, name) == messages(expected, name)
    if "background" in expected.events:
        until(lambda: "background" in events(ways.folder, probe) or None, "the background task did not run")
    assert sorted(events(ways.folder, probe)) == sorted(expected.events)
    ranges = answered.headers.get("content-type", "").startswith("multipart/byteranges")
    if is_whole(expected) and not ranges and not (way == "fallback" and answered.status >= 500):
        assert (got.status, got.body, got.broken) == (answered.status, answered.body, answered.broken)
        assert {key: got.headers.get(key) for key in COMPARED} == {key: answered.headers.get(key) for key in COMPARED}


def is_whole(transcript: Transcript) -> bool:
    """Whether the application sent an answer; for one that did not, the gateway has a page of its own."""
    return any(kind == "http.response.body" and not more and how == "passed" for kind, _, more, how in transcript.sends)


@each
@pytest.mark.parametrize("way", SHADOWS)
def test_shadow_is_asked_as_uvicorn_asks_it(ways: Ways, alone, way: str, name: str, asked: Asked) -> None:
    """Dependencies end as for a client, background tasks are left out, and nothing else differs."""
    _, expected = alone(name, asked)
    server, route = SHADOWS[way]
    _, probe = ways.ask(server, route, under(name, asked))
    seen = ended(ways, probe)
    ways.settle(server, seen)
    assert messages(seen, name) == messages(expected, name)
    noted = expected.events if way == "shadow-url" else without_background(expected.events)
    # A mismatch may be looked at again with a fresh answer of legacy, so that one is asked twice.
    found = events(ways.folder, probe)
    assert set(found) == set(noted) if way == "shadow-legacy" else sorted(found) == sorted(noted)


@each
def test_replayed_request_is_asked_as_uvicorn_asks_it(
    ways: Ways, alone, replayed: dict[str, str], name: str, asked: Asked
) -> None:
    """`replay --unsafe` writes in v2 what a client would have it write."""
    _, expected = alone(name, asked)
    seen = ended(ways, replayed[str((name, str(asked)))])
    assert messages(seen, name) == messages(expected, name)
    assert sorted(seen.events) == sorted(without_background(expected.events))


@pytest.mark.parametrize(("name", "case"), LEAVERS)
@pytest.mark.parametrize("way", ["uvicorn", *SERVED])
def test_application_is_told_of_a_client_that_leaves(ways: Ways, way: str, name: str, case: str) -> None:
    """A stream is closed and a dependency ends, as under uvicorn."""
    server, route = SERVED.get(way, ("uvicorn", "alone"))
    if case == "endless":
        _, probe = ways.ask(server, route, Asked(f"{name}/{case}", leave_after=10_000))
        until(lambda: "closed" in events(ways.folder, probe) or None, "the generator was not closed")
    else:
        probe = leave_while_it_waits(ways, server, f"/{route}/{name}/{case}")
        seen = ended(ways, probe)
        assert seen.end == "returned"
        assert seen.left_early
        assert "commit" in seen.events


def leave_while_it_waits(ways: Ways, server: str, target: str) -> str:
    """Ask, wait until the endpoint runs, and close the connection."""
    probe = uuid.uuid4().hex
    address = urlsplit(ways.urls[server])
    with socket.create_connection((address.hostname, address.port)) as client:
        client.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nx-probe: {probe}\r\n\r\n".encode())
        until(lambda: "waiting" in events(ways.folder, probe) or None, "the endpoint did not run")
    return probe
