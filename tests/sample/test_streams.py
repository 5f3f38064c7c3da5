"""Streamed answers: CSV, the phone book, server-sent events; and jobs in the background."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable

import pytest

from legacy.seed import EMPLOYEES
from tests.sample.client import Answer, Client

Get = Callable[..., Answer]


def rows(answer: Answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.text, newline="")))


def test_the_csv_has_everybody(get: Get) -> None:
    answer = get("/export/employees.csv")
    assert answer.status == 200
    assert answer.header("content-type") == "text/csv; charset=utf-8"
    assert answer.header("content-disposition") == "attachment; filename=employees.csv"
    assert answer.header("content-length") is None
    found = rows(answer)
    assert found[0] == ["id", "name", "email", "title", "department", "phone", "salary", "hired_on", "left_on"]
    assert [int(row[0]) for row in found[1:]] == list(range(1, EMPLOYEES + 1))


def test_the_csv_keeps_plain_dates_and_decimals(get: Get) -> None:
    row = rows(get("/export/employees.csv"))[1]
    employee = get("/employee/1").json()
    assert row[6] == employee["salary"]
    assert len(row[7].split("-")) == 3


def test_the_csv_of_a_department(get: Get) -> None:
    found = rows(get("/export/employees.csv?department=legal"))
    assert {row[4] for row in found[1:]} == {"legal"}
    assert len(rows(get("/export/employees.csv?department=astrology"))) == 1


def test_head_of_the_csv_has_no_body(client: Client) -> None:
    answer = client.request("HEAD", "/export/employees.csv")
    assert (answer.status, answer.body) == (200, b"")


def test_the_phone_book_is_not_sent_twice(get: Get) -> None:
    first = get("/export/directory.json")
    assert first.header("cache-control") == "public, max-age=60"
    tag = first.header("etag") or ""
    assert tag.startswith('"')
    again = get("/export/directory.json", If_None_Match=tag)
    assert (again.status, again.body, again.header("etag")) == (304, b"", tag)
    assert get("/export/directory.json", If_None_Match=f"W/{tag}").status == 304
    assert get("/export/directory.json", If_None_Match="*").status == 304


def events(answer: Answer) -> list[dict[str, str]]:
    blocks = answer.text.split("\n\n")
    return [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks if block.startswith("id")]


def test_the_ticker_ends(get: Get) -> None:
    answer = get("/events?count=3")
    assert answer.header("content-type") == "text/event-stream; charset=utf-8"
    assert answer.header("cache-control") == "no-cache"
    assert answer.text.startswith("retry: 3000\n\n")
    found = events(answer)
    assert [event["id"] for event in found] == ["238", "239", "240"]
    assert {event["event"] for event in found} == {"article"}
    assert json.loads(found[-1]["data"])["url"].startswith("/articles/")


def test_the_ticker_resumes(get: Get) -> None:
    assert [event["id"] for event in events(get("/events?count=3", Last_Event_ID="239"))] == ["240"]
    assert events(get("/events?count=3", Last_Event_ID="240")) == []


def test_the_heartbeat_is_seen_while_it_beats(client: Client) -> None:
    expected = b"retry: 3000\n\n" + b"".join(
        b'id: %d\nevent: heartbeat\ndata: {"beat": %d}\n\n' % (beat, beat) for beat in (1, 2, 3)
    )
    answer = client.prefix("GET", "/events/live?interval=0.05", {}, len(expected))
    assert (answer.status, answer.body) == (200, expected)


def test_the_first_beat_does_not_wait_for_the_second(client: Client) -> None:
    started = time.monotonic()
    client.prefix("GET", "/events/live?interval=30", {}, 50)
    assert time.monotonic() - started < 5


def test_listeners_that_leave_take_no_thread_with_them(client: Client) -> None:
    """bridge row 3: more departures than there are threads."""
    for _ in range(12):
        client.prefix("GET", "/events/live?interval=0.05", {}, 20)
    assert client.request("GET", "/employee/1").status == 200


def test_a_job_runs_in_the_background(client: Client, key: dict[str, str]) -> None:
    headers = {**key, "Content-Type": "application/json"}
    answer = client.request("POST", "/api/jobs", headers, b'{"kind": "headcount"}')
    job = answer.json()
    assert (answer.status, answer.header("location")) == (202, f"/api/jobs/{job['id']}")
    assert (job["status"], job["result"], job["finished_at"]) == ("queued", None, None)
    deadline = time.monotonic() + 10
    while job["status"] in {"queued", "running"} and time.monotonic() < deadline:
        time.sleep(0.02)
        job = client.request("GET", f"/api/jobs/{job['id']}", key).json()
    assert job["status"] == "done"
    assert job["result"]["total"] == sum(job["result"]["departments"].values()) > 250


@pytest.mark.parametrize("body", [b'{"kind": "layoffs"}', b"[]", b"{}"])
def test_an_unknown_job_is_a_400(client: Client, key: dict[str, str], body: bytes) -> None:
    answer = client.request("POST", "/api/jobs", {**key, "Content-Type": "application/json"}, body)
    assert answer.status == 400


def test_jobs_need_the_key_and_a_number_that_exists(client: Client, key: dict[str, str]) -> None:
    assert client.request("POST", "/api/jobs", {}, b"{}").status == 401
    assert client.request("GET", "/api/jobs/1").status == 401
    assert client.request("GET", "/api/jobs/4711", key).status == 404
