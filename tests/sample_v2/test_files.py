"""Files: uploaded to either side, downloaded from both, whole, in parts, or not again."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.sample_v2.pair import Pair

KEY = {"X-Api-Key": "sample-v2-api-key"}
LONG_AGO = "Sun, 06 Nov 1994 08:49:37 GMT"


def form(name: str | None, content: bytes = b"", /, **fields: str) -> tuple[dict[str, str], bytes]:
    """Headers and body of a multipart form, with a file unless its name is None."""
    boundary = "a-boundary-of-this-test"
    parts = [f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'.encode() for key, value in fields.items()]
    if name is not None:
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/plain\r\n\r\n'
        parts.append(head.encode() + content)
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), part) for part in parts) + f"--{boundary}--\r\n".encode()
    return {"Content-Type": f"multipart/form-data; boundary={boundary}"}, body


def differences(pair: Pair, method: str, target: str, headers: Mapping[str, str] | None = None) -> list[str]:
    """But for `Expires`, which is the second in which it was asked."""
    found = pair.differences(method, target, headers)
    return [line for line in found if not (line.startswith("expires: ") and target.startswith("/files"))]


@pytest.fixture(scope="module")
def document(pair: Pair) -> dict[str, str]:
    headers, body = form("notes of today.txt", b"hello, files")
    return dict(pair.legacy.request("POST", "/api/files", {**headers, **KEY}, body).json())


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("notes.txt", {}),
        ("../../é x.csv", {}),
        ("x.exe", {}),
        ("", {}),
        (None, {"file": "a text"}),
        (None, {}),
        ("a.md", {"name": "Renamed file.pdf"}),
        ("a.md", {"name": ""}),
        (".txt", {}),
    ],
)
def test_an_upload_is_the_same_document_whoever_takes_it(pair: Pair, name: str | None, fields: dict[str, str]) -> None:
    headers, body = form(name, b"content", **fields)
    assert pair.differences("POST", "/api/files", {**headers, **KEY}, body) == []
    assert pair.differences("POST", "/api/files", headers, body) == []


@pytest.mark.parametrize("kind", ["multipart/form-data", "text/plain", "application/x-www-form-urlencoded", ""])
def test_what_is_no_upload_is_refused_in_the_same_words(pair: Pair, kind: str) -> None:
    assert pair.differences("POST", "/api/files", {**KEY, "Content-Type": kind}, b"file=x") == []


def test_an_upload_that_is_too_large_is_refused_by_both(pair: Pair) -> None:
    headers, body = form("big.txt", b"x" * (8 * 1024 * 1024))
    assert pair.differences("POST", "/api/files", {**headers, **KEY}, body) == []


def test_a_document_is_described_the_same(pair: Pair, document: dict[str, str]) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        assert pair.differences(method, f"/api/files/{document['id']}") == []


@pytest.mark.parametrize("condition", ["", "hit", "miss", "any", "since", "long ago", "both"])
@pytest.mark.parametrize("part", ["", "bytes=1-2", "bytes=-2", "bytes=9-", "bytes=0-0,2-3", "bytes=99999-", "x=1"])
def test_a_file_comes_whole_in_part_or_not_again(
    pair: Pair, document: dict[str, str], condition: str, part: str
) -> None:
    etag = f'"{document["sha256"]}"'
    conditions: dict[str, dict[str, str]] = {
        "": {},
        "hit": {"If-None-Match": etag, "If-Range": etag},
        "miss": {"If-None-Match": '"another"', "If-Range": '"another"'},
        "any": {"If-None-Match": "*"},
        "since": {"If-Modified-Since": document["uploaded_at"]},
        "long ago": {"If-Modified-Since": LONG_AGO},
        "both": {"If-None-Match": '"another"', "If-Modified-Since": document["uploaded_at"]},
    }
    headers = {**conditions[condition], **({"Range": part} if part else {})}
    targets = [document["url"], f"{document['url']}?inline"]
    if not part:
        targets += ["/downloads/handbook.txt", "/static/site.css"]
    for target in targets:
        assert differences(pair, "GET", target, headers) == [], target
    assert differences(pair, "HEAD", document["url"], headers) == []


def test_the_icon_is_kept_for_a_day(pair: Pair) -> None:
    legacy, v2 = pair.ask("GET", "/favicon.ico")
    assert (legacy.body, legacy.header("etag")) == (v2.body, v2.header("etag"))
    assert v2.header("cache-control") == legacy.header("cache-control") == "public, max-age=86400"
    assert pair.v2.request("GET", "/favicon.ico", {"If-None-Match": v2.header("etag") or ""}).status == 304


@pytest.mark.parametrize("size", [0, 3, 9_000_000])
def test_a_checksum_is_of_a_body_of_any_length(pair: Pair, size: int) -> None:
    assert pair.differences("POST", "/api/files/checksum", {}, b"x" * size) == []


def test_a_document_is_removed_for_both(pair: Pair) -> None:
    for remover in (pair.legacy, pair.v2):
        headers, body = form("short-lived.txt", b"soon gone")
        assert pair.differences("POST", "/api/files", {**headers, **KEY}, body) == []
        document = pair.v2.request("POST", "/api/files", {**headers, **KEY}, body).json()
        gone = remover.request("DELETE", f"/api/files/{document['id']}", KEY)
        assert (gone.status, gone.body, gone.header("content-type")) == (204, b"", "text/html; charset=utf-8")
        for target in (document["url"], f"/api/files/{document['id']}"):
            assert pair.differences("GET", target) == []
            assert pair.v2.request("GET", target).status == 404
