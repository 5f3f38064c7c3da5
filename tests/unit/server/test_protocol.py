"""The wire: what is refused before an application hears of it, and what is not."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.support.wire import DEADLINE, Listening, eventually, listening, read_all, statuses

CLOSE = b"Connection: close\r\n"
HOST = b"Host: gateway.test\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Listening]:
    with listening(head_timeout=30) as running:
        yield running


@pytest.fixture(autouse=True)
def _forget(request: pytest.FixtureRequest) -> None:
    if "server" in request.fixturenames:
        running = request.getfixturevalue("server")
        running.rejected.clear()
        running.app.seen.clear()


class Busy(list[str]):
    """Keeps the loop for half a second, within the turn in which it reads: until then it reads nothing else.

    `then` is called at the end of the half second, still in that turn.
    """

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self.began = threading.Event()
        self._then = then

    def append(self, reason: str) -> None:
        self.began.set()
        time.sleep(0.5)
        self._then()
        super().append(reason)


def get(target: bytes = b"/", headers: bytes = HOST, version: bytes = b"HTTP/1.1") -> bytes:
    return b"GET " + target + b" " + version + b"\r\n" + headers + CLOSE + b"\r\n"


def post(headers: bytes, body: bytes = b"") -> bytes:
    return b"POST / HTTP/1.1\r\n" + HOST + headers + b"\r\n" + body


def asked(answer: bytes) -> dict[str, object]:
    return json.loads(answer.partition(b"\r\n\r\n")[2])


FRAMING = {
    "case 41: CL and TE": post(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "case 41: TE and CL": post(b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"0\r\n\r\n"),
    "case 43: CL twice, equal": post(b"Content-Length: 3\r\nContent-Length: 3\r\n", b"abc"),
    "case 43: CL twice, different": post(b"Content-Length: 3\r\nContent-Length: 4\r\n", b"abcd"),
    **{
        f"case 43: CL {value!r}": post(b"Content-Length: " + value + b"\r\n", b"abc")
        for value in (b"3, 3", b"+3", b"-1", b"0x3", b"1_0", b"", b"1" + b"0" * 23)
    },
    "case 45: TE on HTTP/1.0": b"POST / HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "case 45: TE twice": post(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", b"0\r\n\r\n"),
    "case 45: TE chunked, identity": post(b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n"),
    "case 45: TE with a vertical tab": post(b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n"),
    "case 45: TE with a space before the colon": post(b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n"),
    "case 48: folded line": get(headers=HOST + b"X: a\r\n b\r\n"),
    "case 48: bare LF": b"GET / HTTP/1.1\nHost: a\n\n",
    "case 48: bare CR in a value": get(headers=HOST + b"X: a\rb\r\n"),
    "case 48: NUL in a value": get(headers=HOST + b"X: a\x00b\r\n"),
    "case 48: space in a name": get(headers=HOST + b"X Y: a\r\n"),
    "case 48: parenthesis in a name": get(headers=HOST + b"X(: a\r\n"),
    "case 48: no name": get(headers=HOST + b": a\r\n"),
    "case 48: first header indented": b"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
    "case 50: two hosts": get(headers=HOST + HOST),
    "case 50: no host": get(headers=b""),
    **{
        f"case 50: host {value!r}": get(headers=b"Host: " + value + b"\r\n")
        for value in (b"a/b?c@d", b"user@a", b"a:99999", b"a:b", b"", b"a b", b"[::1", b"a\xff")
    },
    "case 20: raw byte in the target": get(b"/a\xff"),
    "case 20: tab in the target": get(b"/a\tb"),
    "case 11: raw NUL in the target": get(b"/a\x00"),
    "case 21: fragment": get(b"/admin/users#frag"),
    "case 25: no slash": get(b"admin/users"),
    "case 25: empty target": get(b""),
    "case 25: CONNECT": b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", FRAMING.values(), ids=FRAMING)
def test_malformed_request_is_refused_once_and_no_application_hears_of_it(
    server: Listening, request_bytes: bytes
) -> None:
    answer = server.send(request_bytes + SMUGGLED)
    assert statuses(answer) == [400]
    assert b"connection: close" in answer
    assert server.app.seen == []
    assert len(server.rejected) == 1


@pytest.mark.parametrize("value", [b"xchunked", b"identity", b"gzip", b'"chunked"', b"identity, chunked"])
def test_unknown_transfer_encoding_is_refused_before_the_application(server: Listening, value: bytes) -> None:
    """Case 45: llhttp itself accepts the last one, and finds the others only after the application was called."""
    answer = server.send(post(b"Transfer-Encoding: " + value + b"\r\n", b"0\r\n\r\n") + SMUGGLED)
    assert statuses(answer) == [501]
    assert server.app.seen == []


@pytest.mark.parametrize("version", [b"HTTP/2.0", b"HTTP/0.9"])
def test_other_versions_are_refused(server: Listening, version: bytes) -> None:
    assert statuses(server.send(get(version=version))) == [505]
    assert server.app.seen == []


@pytest.mark.parametrize(
    "host",
    [
        b"a",
        b"a:80",
        b"a.example:65535",
        b"[::1]",
        b"[::1]:8000",
        b"127.0.0.1:1",
        b"xn--bcher-kva.example",
        b"a_b",
        b"a:",
    ],
)
def test_hosts_that_browsers_send_pass(server: Listening, host: bytes) -> None:
    assert statuses(server.send(get(headers=b"Host: " + host + b"\r\n"))) == [200]


def test_http_1_0_without_a_host_passes(server: Listening) -> None:
    assert statuses(server.send(get(headers=b"", version=b"HTTP/1.0"))) == [200]


LIMITS = {
    "case 51: target of 16 KiB": (get(b"/" + b"a" * (16 * 1024 - 1)), [200]),
    "case 51: target of 16 KiB and 1": (get(b"/" + b"a" * 16 * 1024), [414]),
    "case 51: 100 fields": (get(headers=HOST + b"X: a\r\n" * 98), [200]),
    "case 51: 101 fields": (get(headers=HOST + b"X: a\r\n" * 99), [431]),
    "case 51: 64 KiB of fields": (get(headers=HOST + b"X: " + b"a" * (64 * 1024 - 50) + b"\r\n"), [200]),
    "case 51: more than 64 KiB of fields": (get(headers=HOST + b"X: " + b"a" * 64 * 1024 + b"\r\n"), [431]),
}


@pytest.mark.parametrize(("request_bytes", "expected"), LIMITS.values(), ids=LIMITS)
def test_heads_are_bounded(server: Listening, request_bytes: bytes, expected: list[int]) -> None:
    answer = server.send(request_bytes)
    assert statuses(answer) == expected


def test_second_request_of_a_packet_is_bounded_too(server: Listening) -> None:
    """Case 51: the bytes of a packet count for each request in it."""
    first = b"GET /1 HTTP/1.1\r\n" + HOST + b"\r\n"
    answer = server.send(first + get(b"/2", headers=HOST + b"X: " + b"a" * 64 * 1024 + b"\r\n"))
    assert statuses(answer) == [200, 431]
    assert server.app.seen == ["/1"]


@pytest.mark.parametrize(
    "endless",
    [b"GET / HTTP/1.1\r\nX: ", b"GET /", b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: " + b"a" * 1000],
    ids=["value", "target", "late value"],
)
def test_endless_head_is_cut(server: Listening, endless: bytes) -> None:
    """Case 52: after 256 KiB at most; what is sent beyond is not read."""
    sent = 0
    with server.connect() as connection:
        try:
            connection.sendall(endless)
            while sent < 64 * 1024 * 1024:
                sent += connection.send(b"a" * 16384)
        except OSError:  # reset, or a broken pipe: cut
            pass
    # What the kernel holds in its two buffers counts as sent, not as read.
    assert sent < 16 * 1024 * 1024
    assert server.app.seen == []
    assert len(server.rejected) == 1


def test_endless_trailers_are_cut(server: Listening) -> None:
    """Case 46: trailers are bounded as a head is."""
    sent = 0
    with server.connect() as connection:
        try:
            connection.sendall(post(b"Transfer-Encoding: chunked\r\n", b"1\r\na\r\n0\r\n"))
            while sent < 64 * 1024 * 1024:
                sent += connection.send(b"X-Trailer: aaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 400)
        except OSError:
            pass
    assert sent < 16 * 1024 * 1024
    eventually(lambda: server.app.seen == ["/", "disconnected"], "the application hears that the client is gone")


def test_trailers_never_become_headers(server: Listening) -> None:
    """Cases 46 and 47."""
    trailers = b"X-User: root\r\nHost: evil\r\nAuthorization: Bearer x\r\n"
    data = post(CLOSE + b"Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n0\r\n" + trailers + b"\r\n")
    answer = asked(server.send(data))
    assert answer["headers"] == [["host", "gateway.test"], ["connection", "close"], ["transfer-encoding", "chunked"]]
    assert answer["body"] == "abc"


@pytest.mark.parametrize("framing", [b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_upgrade_to_http_2_is_ignored_and_the_body_kept(server: Listening, framing: bytes) -> None:
    """Case 54: Java's client offers h2c with each first request, bodies included."""
    body = b"abc" if b"Length" in framing else b"3\r\nabc\r\n0\r\n\r\n"
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
    answer = server.send(post(upgrade + framing, body) + get(b"/next"))
    assert statuses(answer) == [200, 200]
    assert json.loads(answer.split(b"\r\n\r\n")[1].split(b"HTTP/1.1")[0])["body"] == "abc"
    assert server.app.seen == ["/", "/next"]


def test_body_of_an_upgrade_may_come_later(server: Listening) -> None:
    """Case 54."""
    with server.connect() as connection:
        connection.sendall(post(b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 6\r\n"))
        eventually(lambda: server.app.seen == ["/"], "the request is asked")
        connection.sendall(b"abc")
        connection.sendall(b"def")
        answer = b""
        while b"}" not in answer:
            answer += connection.recv(65536)
    assert asked(answer)["body"] == "abcdef"


def test_websocket_is_upgraded(server: Listening) -> None:
    key = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    key += b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    with server.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + HOST + key + b"\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 101")


def test_pipelined_requests_are_answered_in_order(server: Listening) -> None:
    """Case 55."""
    requests = b"".join(b"GET /%d HTTP/1.1\r\n%s\r\n" % (number, HOST) for number in range(49))
    answer = server.send(requests + get(b"/49"))
    assert statuses(answer) == [200] * 50
    assert server.app.seen == [f"/{number}" for number in range(50)]


def test_refusal_waits_for_the_answer_before_it(server: Listening) -> None:
    """A 400 in the middle of another request's answer would corrupt it."""
    answer = server.send(b"GET /1 HTTP/1.1\r\n" + HOST + b"\r\n" + b"GET /2 HTTP/1.1\r\n\r\n")
    assert statuses(answer) == [200, 400]
    assert server.app.seen == ["/1"]


def test_broken_chunk_ends_the_request_that_waits_for_it(server: Listening) -> None:
    """Case 69: the application hears that the client is gone, never that the body is complete."""
    answer = server.send(post(b"Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n0x3\r\nabc\r\n"))
    assert statuses(answer) == [400]
    eventually(lambda: server.app.seen == ["/", "disconnected"], "the application hears of it")


@pytest.mark.parametrize("drip", [b"", b"GET /", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "])
def test_slow_head_ends_at_its_deadline(drip: bytes) -> None:
    """Case 56: silent and dripping connections alike."""
    with listening(head_timeout=0.4) as server, server.connect() as connection:
        began = time.monotonic()
        connection.settimeout(0.05)
        answer = b""
        while True:
            try:
                if drip:
                    connection.sendall(drip if time.monotonic() - began < 0.05 else b"a")
                part = connection.recv(65536)
            except TimeoutError:
                assert time.monotonic() - began < 15
                continue
            except OSError:
                break
            if not part:
                break
            answer += part
        assert 0.35 < time.monotonic() - began < 10
        assert statuses(answer) == ([408] if drip else [])
        assert server.app.seen == []


def test_deadline_of_a_head_waits_for_the_answer_before_it() -> None:
    """Case 56: a second request that drips behind a first that is being answered."""
    with listening(head_timeout=0.2) as server, server.connect() as connection:
        connection.sendall(b"GET /late HTTP/1.1\r\n" + HOST + b"\r\n")
        eventually(lambda: server.app.seen == ["/late"], "the first request is asked")
        connection.sendall(b"GET /2 HT")
        answer = read_all(connection)
    assert statuses(answer) == [200, 408]
    assert server.app.seen == ["/late"]


@pytest.mark.parametrize("before", [b"", b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"], ids=["first request", "next request"])
def test_request_that_comes_while_the_loop_is_busy_is_not_met_by_a_close(before: bytes) -> None:
    """A reset leaves a client without knowing whether its request ran."""
    with listening(keep_alive=0.3, head_timeout=0.3) as server, server.connect() as connection:
        if before:
            connection.sendall(before)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        server.rejected = busy = Busy()
        with server.connect() as other:
            other.sendall(b"refused\r\n\r\n")
            assert busy.began.wait(DEADLINE)
            connection.sendall(get(b"/asked"))
            assert b"200 OK" in read_all(connection)


def test_request_that_has_come_when_the_server_ends_is_answered_before_the_close() -> None:
    with listening() as server, server.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        server.rejected = busy = Busy(server.end_all)
        with server.connect() as other:
            other.sendall(b"refused\r\n\r\n")
            assert busy.began.wait(DEADLINE)
            connection.sendall(b"POST /last HTTP/1.1\r\nContent-Length: 2\r\n" + HOST + b"\r\nhi")
            assert statuses(read_all(connection)) == [200]


def test_idle_connection_is_reaped() -> None:
    """Case 112, light."""
    with listening(keep_alive=0.2) as server, server.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        assert connection.recv(65536) == b""
