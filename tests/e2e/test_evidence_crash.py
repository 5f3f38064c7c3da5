"""Evidence in the worst hours: kill -9, a full disk, and a thousand secrets looked for in every byte."""

from __future__ import annotations

import base64
import gzip
import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

import pytest

from gateway.evidence.key import installation_key
from gateway.evidence.opening import open_store
from gateway.evidence.redact import Redactor
from gateway.evidence.take import SampleTaker
from gateway.evidence.writer import EvidenceWriter
from gateway.exchange import Exchange, Headers, Observation, Request, Response, Side
from gateway.parity.compare import compare
from gateway.parity.difference import Verdict
from gateway.parity.rules import Rules
from tests.support.gateway_process import environment
from tests.support.records import a_record, a_sample

BATCH = 25

# Adds batches for ever; a line for each that was acknowledged: worker, batch.
ADDING = """
import sys
from gateway.errors import EvidenceUnavailable
from gateway.evidence.opening import open_store
from gateway.parity.difference import Verdict
from tests.support.records import a_record, a_sample

url, worker, start = sys.argv[1], sys.argv[2], int(sys.argv[3])
def patiently(ask, *arguments):  # as the writer's thread does: the other process may hold the lock
    while True:
        try:
            return ask(*arguments)
        except EvidenceUnavailable as error:
            if "locked" not in str(error):
                raise

def say(name, message):
    print(name, message, file=sys.stderr, flush=True)

store = patiently(lambda: open_store(url, on_event=say))
print("ready", flush=True)
for number in range(start, 10**9):
    records = [a_record(number * 25 + one, route=worker, epoch=f"b{number}", time=2e9) for one in range(24)]
    sample = a_sample(number, route=worker, signature=f"s{number}", size=3000, time=2e9)
    records.append(a_record(number, Verdict.MISMATCH, route=worker, epoch=f"b{number}", signature=f"s{number}",
                            sample=sample, time=2e9, shape="differs"))
    patiently(store.add, records)
    print(number, flush=True)
"""


class Adding:
    """A process that adds evidence until it is killed."""

    def __init__(self, url: str, worker: str, start: int) -> None:
        self.worker = worker
        self.process = subprocess.Popen(
            [sys.executable, "-c", ADDING, url, worker, str(start)],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        if self.process.stdout.readline() != "ready\n":
            self.process.kill()
            raise AssertionError(self.process.communicate(timeout=30)[1])

    def kill(self) -> list[int]:
        """End it in whatever it is doing; the batches that it said were acknowledged."""
        self.process.kill()
        out, err = self.process.communicate(timeout=30)
        assert self.process.returncode == -signal.SIGKILL, err
        assert err == ""
        return [int(line) for line in out.splitlines(keepends=True) if line.endswith("\n")]


def whole_and_complete(file: Path, acknowledged: dict[str, list[int]]) -> None:
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    rows = connection.execute(
        "SELECT route, epoch, shapes, exchanges, (SELECT count(*) FROM evidence_shape WHERE stratum_id = s.id),"
        " (SELECT count(*) FROM evidence_group AS g JOIN evidence_sample ON group_id = g.id"
        "  WHERE g.route = s.route AND g.epoch = s.epoch) FROM evidence_stratum AS s"
    ).fetchall()
    connection.close()
    found: dict[str, set[int]] = {}
    for route, epoch, shapes, exchanges, recorded, samples in rows:
        # A torn batch would be a stratum that lacks a part of it.
        assert (shapes, sum(json.loads(exchanges).values()), recorded, samples) == (BATCH, BATCH, BATCH, 1), epoch
        found.setdefault(route, set()).add(int(epoch[1:]))
    for worker, batches in acknowledged.items():
        assert set(batches) <= found.get(worker, set())


def kill_often(tmp_path: Path, times: int) -> None:
    file = tmp_path / "e.sqlite3"
    url = f"sqlite:///{file}"
    moments = random.Random(139)  # noqa: S311 - the same moments every time
    acknowledged: dict[str, list[int]] = {"a": [], "b": []}
    next_batch = dict.fromkeys(acknowledged, 0)
    for _ in range(times // 2):
        writers = [Adding(url, worker, next_batch[worker]) for worker in acknowledged]
        for writer in writers:
            time.sleep(moments.uniform(0, 0.1))  # the random moment is what the case asks for
            batches = writer.kill()
            acknowledged[writer.worker] += batches
            next_batch[writer.worker] = max([next_batch[writer.worker], *batches]) + 2
        whole_and_complete(file, acknowledged)
    assert sum(map(len, acknowledged.values())) > times / 4


def test_kill_9_tears_no_batch_and_loses_none_that_was_acknowledged(tmp_path: Path) -> None:
    """Case 139, some of the two hundred times: two writers on one file."""
    kill_often(tmp_path, 8)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_kill_9_two_hundred_times(tmp_path: Path) -> None:
    """Case 139."""
    kill_often(tmp_path, 200)


@pytest.fixture
def small_disk(tmp_path: Path, missing: Callable[[str], NoReturn]) -> Iterator[Path]:
    """A file system of 4 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        missing("the right to mount a tmpfs")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def until(holds: Callable[[], bool], seconds: float) -> float:
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)
    return time.monotonic() - began


def test_a_full_disk_drops_and_counts_and_evidence_resumes(small_disk: Path) -> None:
    """Case 140: within ten seconds after there is space; the queue stays bounded."""
    told: list[str] = []
    url = f"sqlite:///{small_disk}/e.sqlite3"
    writer = EvidenceWriter(
        lambda: open_store(url, on_event=lambda name, _: told.append(name)),
        on_event=lambda name, _: told.append(name),
        queue_max=200,
        flush_seconds=0.01,
    )
    writer.offer(a_record(0))
    until(lambda: writer.stats().written == 1, 20)
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):  # noqa: PT012 - one of many
        while True:
            file.write(bytes(4096))
    slowest = 0.0
    for number in range(1, 2000):
        sample = a_sample(number, signature=f"s{number}", size=2000)
        began = time.monotonic()
        writer.offer(a_record(number, Verdict.MISMATCH, signature=f"s{number}", sample=sample))
        slowest = max(slowest, time.monotonic() - began)
    until(lambda: writer.stats().trouble != "", 20)
    stats = writer.stats()
    assert slowest < 2
    assert stats.dropped["queue_full"] > 0
    assert stats.waiting <= 400
    ballast.unlink()
    assert until(lambda: writer.stats().waiting == 0, 20) < 10
    writer.close(5)
    stats = writer.stats()
    assert stats.offered == stats.written + sum(stats.dropped.values())
    assert told == ["evidence_stopped", "evidence_resumed"]
    connection = sqlite3.connect(small_disk / "e.sqlite3")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("SELECT sum(mismatches) FROM evidence_group").fetchone() == (stats.written - 1,)
    connection.close()


# Case 145


def forms_of(secret: str) -> dict[str, bytes]:
    """What a secret looks like when it got through in another encoding."""
    raw = secret.encode()
    return {
        "plain": raw,
        "upper": raw.upper(),
        "base64": base64.b64encode(raw).rstrip(b"=")[:-1],
        "base64, one byte on": base64.b64encode(b"x" + raw)[2:-4],
        "base64, two bytes on": base64.b64encode(b"xx" + raw)[3:-4],
        "hex": raw.hex().encode(),
        "url": quote(secret.translate({ord("_"): "%5F"}), safe="").encode(),
        "utf-16": secret.encode("utf-16-le"),
    }


def planted(secret: str, number: int) -> tuple[Request, Response]:
    """One of twenty places for a secret, in a request and in an answer."""
    deep = {"a": [{"b": {"password": secret, "ok": 1}}]}
    packed = base64.b64encode(json.dumps(deep).encode()).decode()
    page = f'<input name="csrf_token" value="{secret}"><p>token: {secret}</p>'
    card = f'{{"user": {{"card": {{"holder": "{secret}"}}}}}}'
    form = b"application/x-www-form-urlencoded"
    multipart = f'--B\r\nContent-Disposition: form-data; name="token"\r\n\r\n{secret}\r\n--B--\r\n'.encode()
    request_places: list[tuple[bytes, list[tuple[bytes, bytes]], bytes]] = [
        (b"", [(b"authorization", f"Bearer {secret}".encode())], b""),
        (b"", [(b"authorization", b"Basic " + base64.b64encode(f"u:{secret}".encode()))], b""),
        (b"", [(b"proxy-authorization", secret.encode())], b""),
        (b"", [(b"cookie", f"session={secret}; theme=dark".encode())], b""),
        (b"", [(b"x-api-key", secret.encode())], b""),
        (f"token={secret}&a=1".encode(), [], b""),
        (f"next={quote(f'/cb?access_token={secret}', safe='')}".encode(), [], b""),
        (b"", [(b"content-type", form)], f"user=u&password={secret}".encode()),
        (b"", [(b"content-type", b"multipart/form-data; boundary=B")], multipart),
        (b"", [(b"content-type", b"application/json")], json.dumps(deep).encode()),
    ]
    answer_places: list[tuple[list[tuple[bytes, bytes]], bytes]] = [
        ([(b"set-cookie", f"session={secret}; Path=/".encode())], b""),
        ([(b"content-type", b"application/json")], json.dumps({"items": [deep, {"apiKey": secret}]}).encode()),
        ([(b"content-type", b"application/json")], json.dumps({"blob": packed}).encode()),
        ([(b"content-type", b"application/json"), (b"content-encoding", b"gzip")], gzip.compress(card.encode())),
        ([(b"content-type", b"application/xml")], f"<u><password>{secret}</password><ssn>{secret}</ssn></u>".encode()),
        ([(b"content-type", b"text/html")], page.encode()),
        ([(b"content-type", b"text/plain")], f"KeyError: secret={secret}".encode()),
        ([(b"content-type", b"image/png")], b"\x89PNG" + secret.encode()),
        ([(b"content-type", b"application/octet-stream"), (b"content-encoding", b"br")], secret.encode()),
        ([(b"location", f"/reset?token={secret}".encode())], b""),
    ]  # fmt: skip
    query, request_headers, request_body = request_places[number % 10]
    headers, body = answer_places[number // 10 % 10]
    request = Request(f"id-{number}", "POST", "/r", query, Headers(tuple(request_headers)), request_body)
    return request, Response(200, Headers(tuple(headers)), body)


def test_a_thousand_planted_secrets_are_in_no_byte_of_the_store(tmp_path: Path) -> None:
    """Case 145: requests, answers, differences and places; grepped in the database, its log and its index."""
    numbers = random.Random(145)  # noqa: S311 - the same secrets every time
    secrets = [f"CANARY{numbers.getrandbits(96):024x}" for _ in range(1000)]
    take = SampleTaker(Redactor(installation_key(tmp_path / "key")))
    url = f"sqlite:///{tmp_path}/store/e.sqlite3"
    writer = EvidenceWriter(lambda: open_store(url, on_event=print), on_event=print)
    kept = 0
    for number, secret in enumerate(secrets):
        request, legacy = planted(secret, number)
        _, v2 = planted(secrets[number - 1], number)
        exchange = Exchange(request, "r", Observation(Side.LEGACY, legacy, 0.1), Observation(Side.V2, v2, 0.1))
        comparison = compare(legacy, v2, Rules(), request=request, today=datetime.now(UTC).date())
        sample = take(exchange, comparison, "e")
        kept += sum(body is not None for body in sample.bodies)
        writer.offer(a_record(number, Verdict.MISMATCH, signature=f"s{number}", sample=sample))
    until(lambda: writer.stats().written == 1000, 30)
    files = {file.name: file.read_bytes() for file in (tmp_path / "store").iterdir()}
    writer.close(30)
    assert len(files["e.sqlite3-wal"]) > 100_000
    assert kept > 2000
    everything = b"".join([*files.values(), (tmp_path / "store" / "e.sqlite3").read_bytes()])
    assert len(everything) > 1_000_000
    for secret in secrets:
        for form, content in forms_of(secret).items():
            assert content not in everything, (secret, form)
    # What is no secret is there: otherwise the test would pass on an empty store.
    assert everything.count(b"theme=") >= 1
    assert everything.count("«redacted:".encode()) > 1000
