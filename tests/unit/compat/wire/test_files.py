"""Files, compared with Flask's `send_file` itself."""

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import FileResponse
from flask import Flask, send_file

from gateway.compat.wire.install import install
from tests.unit.compat.wire.asking import ask_flask, ask_v2

pytestmark = pytest.mark.anyio
OPTIONS = {
    "plain": ({}, {}),
    "download": ({"as_attachment": True, "download_name": "the list.txt"}, {"filename": "the list.txt"}),
    "not_ascii": ({"as_attachment": True, "download_name": "Übersicht.txt"}, {"filename": "Übersicht.txt"}),
    "shown": ({"download_name": "a.txt"}, {"filename": "a.txt", "content_disposition_type": "inline"}),
}


def two_apps(file: Path, flask: dict[str, Any], fastapi: dict[str, Any]) -> tuple[Flask, FastAPI]:
    legacy, v2 = Flask("legacy"), FastAPI()
    install(v2, "files.send_file", "files.ranges")
    legacy.add_url_rule("/r", "r", lambda: send_file(file, **flask))
    v2.add_api_route("/r", lambda: FileResponse(file, **fastapi))
    return legacy, v2


async def same(legacy: Flask, v2: FastAPI, headers: dict[str, str], *ignored: str) -> int:
    """Asks both, asserts that the answers are equal, and returns their status."""
    ours, theirs = await ask_v2(v2, headers=headers, legacy=legacy), ask_flask(legacy, headers=headers)
    assert (ours.status, ours.answer.body) == (theirs.status_code, theirs.data)
    for name in set(theirs.headers.keys()) - {"Date", "Content-Length", *ignored}:
        assert ours.header(name) == theirs.headers[name], name
    return ours.status


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "list.txt"
    file.write_bytes(b"0123456789" * 10)
    return file


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
async def test_a_file_has_the_same_headers(file: Path, options: Any) -> None:
    assert await same(*two_apps(file, *options), {}) == 200


async def test_304_to_its_etag_and_to_its_date(file: Path) -> None:
    legacy, v2 = two_apps(file, {}, {})
    first = await ask_v2(v2)
    etag, modified = first.header("etag") or "", first.header("last-modified") or ""
    assert await same(legacy, v2, {"If-None-Match": etag}) == 304
    assert await same(legacy, v2, {"If-None-Match": "*"}) == 304
    assert await same(legacy, v2, {"If-Modified-Since": modified}) == 304
    assert await same(legacy, v2, {"If-None-Match": '"other"'}) == 200
    assert await same(legacy, v2, {"If-None-Match": '"other"', "If-Modified-Since": modified}) == 200


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ("bytes=0-4", 206),
        ("bytes=90-", 206),
        ("bytes=-5", 206),
        ("bytes=0-1,4-5", 416),
        ("bytes=100-", 416),
        ("bytes=5-2", 416),
        ("lines=0-1", 416),
        ("nonsense", 416),
        ("bytes=95-200", 206),
    ],
)
async def test_ranges(file: Path, wanted: str, status: int) -> None:
    assert await same(*two_apps(file, {}, {}), {"Range": wanted}) == status


async def test_a_range_of_what_has_changed_is_the_whole_file(file: Path) -> None:
    legacy, v2 = two_apps(file, {}, {})
    etag = (await ask_v2(v2)).header("etag") or ""
    assert await same(legacy, v2, {"Range": "bytes=0-4", "If-Range": '"other"'}) == 200
    assert await same(legacy, v2, {"Range": "lines=0-4", "If-Range": '"other"'}) == 200
    assert await same(legacy, v2, {"Range": "bytes=0-4", "If-Range": etag}) == 206


@pytest.fixture
def empty(file: Path) -> Path:
    file.write_bytes(b"")
    return file


async def test_an_empty_file_is_sent_whole(empty: Path) -> None:
    assert await same(*two_apps(empty, {}, {}), {"Range": "bytes=0-4"}) == 200


async def test_the_applications_age_of_files_counts_and_an_authors_own_header_stays(file: Path) -> None:
    legacy, v2 = two_apps(file, {}, {"headers": {"X-A": "1"}})
    legacy.config["SEND_FILE_MAX_AGE_DEFAULT"] = 60
    assert await same(legacy, v2, {}, "Expires") == 200
    own = two_apps(file, {}, {"headers": {"Cache-Control": "private"}})[1]
    assert (await ask_v2(own)).header("cache-control") == "private"


@pytest.mark.parametrize("condition", ["If-None-Match", "If-Match"])
async def test_what_an_author_sets_beside_a_file_is_part_of_304_and_412_too(file: Path, condition: str) -> None:
    """A cache takes the headers of a 304 over: one without them would change what it has."""
    own = {"Cache-Control": "private, max-age=60", "X-A": "1", "Content-Language": "fr"}
    legacy, v2 = two_apps(file, {}, {"headers": own})

    @legacy.after_request
    def add(answer: Any) -> Any:
        answer.headers.update(own)
        return answer

    sent = {condition: (await ask_v2(v2)).header("etag") or ""} if condition == "If-None-Match" else {condition: '"x"'}
    assert await same(legacy, v2, sent) == (304 if condition == "If-None-Match" else 412)
    ours = await ask_v2(v2, headers=sent, legacy=legacy)
    theirs = ask_flask(legacy, headers=sent).headers
    assert {name.decode() for name, _ in ours.answer.headers} == {name.lower() for name, _ in theirs} - {"date"}


async def test_ranges_alone_leave_starlettes_headers(file: Path) -> None:
    v2 = FastAPI()
    install(v2, "files.ranges")
    v2.add_api_route("/r", lambda: FileResponse(file))
    assert (await ask_v2(v2)).header("cache-control") is None
    assert (await ask_v2(v2, headers={"range": "bytes=0-4"})).text == "01234"
    asked = await ask_v2(v2, headers={"range": "bytes=0-1,4-5"})
    assert (asked.status, asked.header("content-range"), asked.used) == (416, "bytes */100", ["files.ranges"])


async def test_a_file_that_is_not_there_is_the_same_error_as_ever(tmp_path: Path) -> None:
    _, v2 = two_apps(tmp_path / "none", {}, {})
    asked = await ask_v2(v2, headers={"range": "bytes=0-4"})
    assert (asked.status, type(asked.raised)) == (500, RuntimeError)
