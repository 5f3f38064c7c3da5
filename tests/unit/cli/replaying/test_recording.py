"""Recorded requests, as files have them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.replaying.recording import Recorded, Recording, read_recording
from gateway.errors import RecordingInvalid


def lines(tmp_path: Path, *objects: Any) -> Recording:
    path = tmp_path / "r.jsonl"
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in objects), encoding="utf-8")
    return read_recording(path)


def har(tmp_path: Path, *requests: Any) -> Recording:
    path = tmp_path / "R.HAR"
    path.write_text(json.dumps({"log": {"entries": [{"request": one} for one in requests]}}), encoding="utf-8-sig")
    return read_recording(path)


def test_a_line_with_everything(tmp_path: Path):
    written = {
        "method": "POST",
        "path": "/a b/é?x=1&y=a b",
        "headers": [["X-Two", "1"], ["x-two", "é"], ["Content-Length", "999"], ["Host", "shop.example"]],
        "body": "ü",
        "status": 200,
    }
    (request,) = lines(tmp_path, written).requests
    headers = [(b"x-two", b"1"), (b"x-two", b"\xe9"), (b"host", b"shop.example"), (b"content-length", b"2")]
    assert request == Recorded("line 1", "POST", b"/a%20b/%C3%A9", b"x=1&y=a%20b", headers, "ü".encode())
    assert request.target == "/a%20b/%C3%A9?x=1&y=a%20b"


def test_a_line_with_a_path_only_is_a_get_of_localhost(tmp_path: Path):
    (request,) = lines(tmp_path, "", {"path": "/%2e%zz"}, "").requests
    assert request == Recorded("line 2", "GET", b"/%2e%zz", b"", [(b"host", b"localhost")])


def test_a_body_may_be_bytes(tmp_path: Path):
    (request,) = lines(tmp_path, {"path": "/", "body_base64": base64.b64encode(b"\xff\x00").decode()}).requests
    assert request.body == b"\xff\x00"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[]", "a request is a JSON object"),
        ("{", "this is not JSON"),
        ("[" * 100_000, "this is not JSON|recursion"),
        ({}, "`path` is needed"),
        ({"path": "http://x/"}, "begins with /"),
        ({"path": "/", "method": 7}, "`method` is a word"),
        ({"path": "/", "headers": "x"}, "`headers` is an object"),
        ({"path": "/", "headers": {"x": 1}}, "values are text"),
        ({"path": "/", "headers": [["x"]]}, r"a list of \[name, value\]"),
        ({"path": "/", "body": {"a": 1}}, "`body` is text"),
        ({"path": "/", "body": "a", "body_base64": "YQ=="}, "not both"),
        ({"path": "/", "body_base64": "?"}, "not base64"),
        ({"path": "/\ud800"}, "surrogates"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, line: Any, said: str):
    with pytest.raises(RecordingInvalid, match=rf"r\.jsonl, line 2: .*({said})"):
        lines(tmp_path, {"path": "/"}, line)


def test_a_file_that_is_not_utf_8_says_at_which_byte(tmp_path: Path):
    (tmp_path / "r.jsonl").write_bytes(b'{"path": "/\xff"}')
    with pytest.raises(RecordingInvalid, match="byte 11 is not UTF-8"):
        read_recording(tmp_path / "r.jsonl")


def test_a_har_has_its_host_and_its_posted_data(tmp_path: Path):
    recording = har(
        tmp_path,
        {
            "method": "POST",
            "url": "https://shop.example:8443/a?b=1#top",
            "headers": [{"name": ":path", "value": "/a"}, {"name": "Content-Type", "value": "text/plain"}],
            "postData": {"mimeType": "text/plain", "text": "hello"},
        },
        {"method": "GET", "url": "https://shop.example:8443"},
        {
            "method": "POST",
            "url": "https://shop.example:8443/form",
            "postData": {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a b", "value": "ü"}]},
        },
        {"method": "POST", "url": "https://shop.example:8443/b", "postData": {"text": "AP8=", "encoding": "base64"}},
        {"method": "GET", "url": "https://other.example/"},
        {"method": "GET", "url": "chrome-extension://x/y"},
    )
    first, second, third, fourth = recording.requests
    host = (b"host", b"shop.example:8443")
    headers = [host, (b"content-type", b"text/plain"), (b"content-length", b"5")]
    assert first == Recorded("entry 1", "POST", b"/a", b"b=1", headers, b"hello")
    assert second == Recorded("entry 2", "GET", b"/", b"", [host])
    assert third.body == b"a+b=%C3%BC"
    assert fourth.body == b"\x00\xff"
    assert recording.left_out == {"other_host": 1, "not_http": 1}


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({}, "an entry has `request`, and that has `url`"),
        ({"url": "http://[x/"}, "Invalid IPv6 URL"),
        (
            {"url": "http://x/", "postData": {"mimeType": "multipart/form-data", "params": [{"name": "f"}]}},
            "was not recorded",
        ),
    ],
)
def test_an_entry_that_cannot_be_asked_is_named(tmp_path: Path, request_: Any, said: str):
    with pytest.raises(RecordingInvalid, match=f"entry 1: .*{said}"):
        har(tmp_path, request_)


@pytest.mark.parametrize("text", ["[]", "{}", '{"log": {}}', '{"log": {"entries": {}}}', "{"])
def test_what_is_no_har_is_refused(tmp_path: Path, text: str):
    (tmp_path / "r.har").write_text(text, encoding="utf-8")
    with pytest.raises(RecordingInvalid, match=r"r\.har, the HAR: "):
        read_recording(tmp_path / "r.har")
