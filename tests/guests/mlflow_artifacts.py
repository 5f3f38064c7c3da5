"""`make mlflow`: MLflow's artifacts, whole through both of its applications, in every mode.

MLflow from PyPI is a Flask application that its own FastAPI application wraps: the first is legacy here, the second v2.
That one streams artifacts by itself, behind Starlette's BaseHTTPMiddleware, and passes the rest on to Flask. The map is
`gateway init`'s, with every route in the mode of the defaults. While `gateway serve` runs it is flipped to `legacy`,
`shadow`, `canary` and `v2`, and in each

- MLflow's own client makes a run, logs to it, uploads artifacts, lists and downloads them, and downloads those of the
  runs before, which came in through the other side;
- plain HTTP downloads them by both URLs: the length that the head promises, HEAD, a range, and clients that leave in
  the middle of a download, which nobody else may notice.

It exits 0 only if every artifact came back whole in every mode, from the sides that the mode names. MLflow is a large
download with its own pins, so it has an environment of its own (.venv/mlflow), and no test runs this.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import httpx

from tests.support.counters import Counters, drained
from tests.support.gateway_process import Running, gateway, serving

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

LIMIT = 420
"""Seconds after which it ends, whatever is still to be done."""
PATIENCE = 20
"""Seconds that an answer may take."""
LEAVING = 5
"""Clients that leave in the middle, by each URL."""
VISITOR = "X-Visitor"
FORCED = ("--force", "--reason", "artifacts of MLflow")
CANARY = ("--percent", "50", "--sticky", f"header:{VISITOR}")
MODES: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "legacy": ((), {"legacy"}),
    "shadow": (("--sample", "100"), {"legacy"}),
    "canary": ((*CANARY, *FORCED), {"legacy", "v2"}),
    "v2": (FORCED, {"v2"}),
}
"""The modes in turn: what `gateway flip` needs for each, and who answers then."""

ARTIFACTS = {
    "note.txt": b"written once\n",
    "empty.bin": b"",
    "weights.bin": random.Random(7).randbytes(5_000_000),  # noqa: S311  no secret
    "Übersicht 日本.txt": "größer als ASCII\n".encode(),
    "nested/deeper/table.json": b'{"rows": []}\n',
}
LARGEST = "weights.bin"
PARAMS = {"layers": "3", "name": "größe"}
METRICS = {"loss": 0.25, "accuracy": 0.75}


class Stopped(BaseException):
    """Somebody, or the clock, wants it to end. Not an Exception: MLflow's client keeps those to itself."""


class Wrong(Exception):
    """What came back is not what was sent."""


def expect(found: object, wanted: object, what: str) -> None:
    """Say what is wrong, and not with five megabytes."""
    if found != wanted:
        one, two = (f"{len(side):,} bytes" if isinstance(side, bytes) else repr(side) for side in (found, wanted))
        raise Wrong(f"{what}: {one} in place of {two}")


class Visitors:
    """Each request is another visitor's, so that a canary sends them to either side.

    MLflow's client asks it for headers by the names of MLflow's `RequestHeaderProvider`.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.seen = 0

    def in_context(self) -> bool:
        return True

    def request_headers(self) -> dict[str, str]:
        with self._lock:
            self.seen += 1
            return {VISITOR: f"visitor-{self.seen}"}

    def on_request(self, request: httpx.Request) -> None:
        request.headers.update(self.request_headers())


@dataclass
class Row:
    """One kind of request in one mode."""

    tried: int = 0
    requests: int = 0
    received: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass
class Table:
    """What was done, and how it ended."""

    visitors: Visitors
    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    mode: str = ""

    @contextmanager
    def attempt(self, what: str, name: str) -> Iterator[Row]:
        """One thing that works or does not; either way the next one is tried."""
        row = self.rows.setdefault((self.mode, what), Row())
        row.tried += 1
        before = self.visitors.seen
        try:
            yield row
        except Exception as error:  # noqa: BLE001  whatever a client library raises is the result
            text = " ".join(str(error).split()) or "no text"
            row.wrong.append(f"{name}: {type(error).__name__}: {text[:200]}")
        finally:
            row.requests += self.visitors.seen - before

    def show(self) -> bool:
        """Print it. Whether everything was right."""
        print(f"\n{'mode':8}{'what':34}{'requests':>9}{'bytes':>13}  result")
        for (mode, what), row in self.rows.items():
            result = f"{len(row.wrong)} of {row.tried} FAILED" if row.wrong else "ok"
            print(f"{mode:8}{what:34}{row.requests:9,}{row.received:13,}  {result}")
        wrong = [f"{mode}, {what}: {text}" for (mode, what), row in self.rows.items() for text in row.wrong]
        print("\n" + "\n".join(wrong) if wrong else "")
        return not wrong


# ------------------------------------------------------------------------------------------------------ the gateway


def settings(folder: Path) -> dict[str, str]:
    """What `mlflow server` hands to its workers, and nothing that reaches out of the folder or of the machine."""
    store = f"sqlite:///{folder / 'mlflow.sqlite3'}"
    return {
        "_MLFLOW_SERVER_FILE_STORE": store,
        "_MLFLOW_SERVER_REGISTRY_STORE": store,
        "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
        "_MLFLOW_SERVER_ARTIFACT_DESTINATION": str(folder / "artifacts"),
        "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "HOME": str(folder),
    }


def command(*arguments: str, folder: Path, env: Mapping[str, str], good: tuple[int, ...] = (0,)) -> str:
    """What a command of the gateway prints on stdout. Another exit code than a good one ends everything."""
    ran = gateway(*arguments, cwd=folder, env=env)
    if ran.returncode not in good or "Traceback" in ran.stderr:
        raise Wrong(f"gateway {' '.join(arguments)} exits {ran.returncode}:\n{ran.stdout}{ran.stderr}")
    return ran.stdout


def write_map(folder: Path, env: Mapping[str, str]) -> Path:
    """`gateway init`'s map, checked; then the routes follow the defaults, so that one flip moves them all."""
    told = command("init", "mlflow.server:app", "--v2", "mlflow.server.fastapi_app:app", folder=folder, env=env)
    print(f"gateway init    {told.strip()}")
    for name in ("check", "doctor"):
        report = json.loads(command(name, "--json", folder=folder, env=env, good=(0, 1)))
        codes = Counter(finding["code"] for finding in report["findings"])
        print(f"gateway {name:8}{', '.join(f'{code} {count}' for code, count in codes.items()) or 'no findings'}")
    path = folder / "migration_map.yaml"
    text = path.read_text(encoding="utf-8").replace("\n    mode: legacy\n", "\n")
    path.write_text(text.replace("\n  mode: legacy\n", "\n  mode: legacy\n  headers: true\n"), encoding="utf-8")
    return path


def counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items())) or "none"


def show_sides(table: Table, counters: Counters, wanted: set[str]) -> None:
    """Who answered in this mode, by the gateway's own count."""
    sides = counters.by("gateway_requests_total", "side", mode=table.mode)
    print(f"{table.mode:8}answered by {counted(sides)}")
    with table.attempt("who answered", "/metrics"):
        expect(set(sides), wanted, "sides")


def show_shadows(counters: Counters, folder: Path, env: Mapping[str, str]) -> None:
    """What the comparison said. It need not be all equal: MLflow's applications differ on purpose."""
    print(f"        shadows: {counted(counters.by('gateway_shadow_total', 'outcome'))}")
    print(f"        dropped: {counted(counters.by('gateway_shadow_dropped_total', 'reason'))}")
    print(f"        verdicts: {counted(counters.by('gateway_parity_total', 'verdict'))}")
    found = json.loads(command("mismatches", "--json", "--limit", "1000", folder=folder, env=env, good=(0, 1)))
    causes: Counter[str] = Counter()
    places: dict[str, set[str]] = {}
    for group in found["groups"]:
        for cause in group["causes"]:
            causes[cause["name"]] += group["count"]
            places.setdefault(cause["name"], set()).update(group["locations"])
    print(f"        gateway mismatches: {found['total']:,}")
    for name, count in causes.most_common():
        print(f"          {name} {count:,}, at {', '.join(sorted(places[name]))}")


def show_log(log: Path) -> None:
    """Each warning and error of the log, once, and whose leaving it saw."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    events = [json.loads(line) for line in lines if line.startswith("{")]
    left = Counter(event["mode"] for event in events if event.get("aborted"))
    print(
        f"clients seen to leave in the middle: {', '.join(f'{mode} {count}' for mode, count in left.items()) or 'none'}"
    )
    kinds = Counter((event["level"], event["event"]) for event in events if event["level"] != "info")
    print("the gateway's log:" if kinds else "the gateway's log has no warning and no error")
    for (level, event), count in kinds.most_common():
        print(f"  {count} {level}: {event.rpartition('/site-packages/')[2][:120]}")


# ------------------------------------------------------------------------------------------------------ the clients


def mlflow_client(url: str, visitors: Visitors) -> MlflowClient:
    """MLflow's own client. It is imported after its environment is set, which it reads on import."""
    os.environ.update(
        {
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
            "MLFLOW_HTTP_REQUEST_TIMEOUT": str(PATIENCE),
            "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
        }
    )
    import mlflow  # noqa: PLC0415  as said above
    from mlflow.tracking.request_header import registry  # noqa: PLC0415  the same

    providers: Any = registry._request_header_provider_registry
    providers.register(lambda: visitors)
    mlflow.set_tracking_uri(url)
    print(f"MLflow {mlflow.__version__} on Python {sys.version.split()[0]}")
    return mlflow.MlflowClient()


def files_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def listed(client: MlflowClient, run: str, path: str | None = None) -> Iterator[tuple[str, int]]:
    for entry in client.list_artifacts(run, path):
        if entry.is_dir:
            yield from listed(client, run, entry.path)
        else:
            yield entry.path, entry.file_size or 0


def log_a_run(table: Table, client: MlflowClient, source: Path) -> Run:
    """An experiment with a run, its parameters, metrics and artifacts. Without a run there is nothing to go on with."""
    experiment = client.create_experiment(f"by {table.mode}")
    run = client.create_run(experiment)
    key = run.info.run_id
    with table.attempt("client: log and read back", key):
        for name, text in PARAMS.items():
            client.log_param(key, name, text)
        for name, number in METRICS.items():
            client.log_metric(key, name, number)
        data = client.get_run(key).data
        expect(data.params, PARAMS, "params")
        expect(data.metrics, METRICS, "metrics")
        expect([one.info.run_id for one in client.search_runs([experiment])], [key], "runs")
    for name, body in ARTIFACTS.items():
        with table.attempt("client: upload", name) as row:
            client.log_artifact(key, str(source / name), Path(name).parent.as_posix().removeprefix("."))
            row.received += len(body)
    with table.attempt("client: list", key):
        expect(dict(listed(client, key)), {name: len(body) for name, body in ARTIFACTS.items()}, "files")
    with table.attempt("client: end the run", key):
        client.set_terminated(key)
        expect(client.get_run(key).info.status, "FINISHED", "status")
    return run


def download(table: Table, client: MlflowClient, run: str, what: str) -> None:
    """One by one, and the whole folder at once."""
    for name, body in ARTIFACTS.items():
        with tempfile.TemporaryDirectory() as target, table.attempt(what, name) as row:
            came = Path(client.download_artifacts(run, name, target)).read_bytes()
            row.received += len(came)
            expect(came, body, "content")
    with tempfile.TemporaryDirectory() as target, table.attempt(what, "the whole folder") as row:
        client.download_artifacts(run, "", target)
        came_all = files_below(Path(target))
        row.received += sum(map(len, came_all.values()))
        expect(sorted(came_all), sorted(ARTIFACTS), "files")
        for name, body in ARTIFACTS.items():
            expect(came_all[name], body, name)


def urls(run: Run, name: str) -> dict[str, httpx.URL]:
    """Both ways to an artifact: by Flask in either application, and by FastAPI in v2."""
    place = run.info.artifact_uri.removeprefix("mlflow-artifacts:/")
    return {
        "/get-artifact": httpx.URL("/get-artifact", params={"run_id": run.info.run_id, "path": name}),
        "/mlflow-artifacts": httpx.URL(f"/api/2.0/mlflow-artifacts/artifacts/{place}/{name}"),
    }


def over_http(table: Table, http: httpx.Client, run: Run) -> None:
    """GET, HEAD and a range of every artifact by both URLs."""
    for name, body in ARTIFACTS.items():
        for label, url in urls(run, name).items():
            with table.attempt(f"GET {label}", name) as row:
                answer = http.get(url)
                row.received += len(answer.content)
                expect(answer.status_code, 200, "status")
                expect(answer.headers.get("content-length"), str(len(body)), "content-length")
                expect(answer.content, body, "content")
            with table.attempt(f"HEAD {label}", name):
                answer = http.head(url)
                expect(answer.status_code, 200, "status")
                expect(answer.headers.get("content-length"), str(len(body)), "content-length")
                expect(answer.content, b"", "content")
            if body:
                with table.attempt(f"Range {label}", name) as row:
                    first, last = len(body) // 3, len(body) * 2 // 3
                    answer = http.get(url, headers={"Range": f"bytes={first}-{last}"})
                    row.received += len(answer.content)
                    expect(answer.status_code, 206, "status")
                    expect(answer.headers.get("content-range"), f"bytes {first}-{last}/{len(body)}", "content-range")
                    expect(answer.content, body[first : last + 1], "content")


def leave(table: Table, running: Running, run: Run) -> None:
    """Clients that read the beginning and close. Their buffer is small, so that the server has more to send."""
    small = httpx.HTTPTransport(socket_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)])
    hooks = {"request": [table.visitors.on_request]}
    for label, url in urls(run, LARGEST).items():
        for number in range(LEAVING):
            with (
                table.attempt(f"leave {label}", f"client {number}") as row,
                httpx.Client(base_url=running.url, transport=small, timeout=PATIENCE, event_hooks=hooks) as http,
                http.stream("GET", url) as answer,
            ):
                expect(answer.status_code, 200, "status")
                row.received += len(next(answer.iter_bytes(4096)))


def in_this_mode(table: Table, running: Running, client: MlflowClient, source: Path, before: list[Run]) -> Run:
    """Everything, once."""
    run = log_a_run(table, client, source)
    download(table, client, run.info.run_id, "client: download")
    for earlier in before:
        download(table, client, earlier.info.run_id, "client: download earlier runs")
    hooks = {"request": [table.visitors.on_request]}
    with httpx.Client(base_url=running.url, timeout=PATIENCE, event_hooks=hooks) as http:
        over_http(table, http, run)
        leave(table, running, run)
        for label, url in urls(run, LARGEST).items():
            with table.attempt("GET after they left", label) as row:
                answer = http.get(url)
                row.received += len(answer.content)
                expect(answer.content, ARTIFACTS[LARGEST], "content")
    return run


# ------------------------------------------------------------------------------------------------------------- main


def stop(number: int, frame: FrameType | None) -> NoReturn:
    raise Stopped(f"not through after {LIMIT} s" if number == signal.SIGALRM else signal.Signals(number).name)


def through_the_modes(table: Table, folder: Path) -> None:
    """One gateway, flipped from mode to mode while it runs."""
    source = folder / "source"
    for path, body in ARTIFACTS.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_bytes(body)
    env = settings(folder)
    map_path = write_map(folder, env)
    with serving(map_path, cwd=folder, log=folder / "log", env=env) as running:
        client = mlflow_client(running.url, table.visitors)
        runs: list[Run] = []
        env["GATEWAY_CONSOLE_URL"] = running.console_url
        for mode, (options, sides) in MODES.items():
            table.mode = mode
            command("flip", "__default__", mode, *options, folder=folder, env=env)
            runs.append(in_this_mode(table, running, client, source, runs))
            counters = drained(running.console_url)
            show_sides(table, counters, sides)
            if mode == "shadow":
                show_shadows(counters, folder, env)
        with table.attempt("the gateway ends", "SIGTERM"):
            expect(running.stop(), 0, "exit code")


def main() -> int:
    """Serve, go through the modes, say how it went."""
    for number in (signal.SIGALRM, signal.SIGTERM):
        signal.signal(number, stop)
    signal.alarm(LIMIT)
    table = Table(Visitors())
    with tempfile.TemporaryDirectory(prefix="gateway-mlflow-") as folder:
        try:
            through_the_modes(table, Path(folder))
            through = True
        except Stopped as reason:
            print(f"\nstopped: {reason}")
            through = False
        good = table.show()
        show_log(Path(folder) / "log")
    print("\nevery artifact came back whole in every mode" if good and through else "\nFAILED")
    return 0 if good and through else 1


if __name__ == "__main__":
    sys.exit(main())
