"""The console's API is as it describes itself: cases made of the description, asked of a running gateway."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.many import Size, fill
from tests.support.running import MAP, ROOT, Running, running, write_site

TOKEN = "correct-horse-battery-staple-0123456789"
READ_TOKEN = "look-but-do-not-touch-0123456789-abcdef"
SIZE = Size(routes=3, groups=2, mismatches=2, minutes=5)
TEXT = MAP + "".join(f"  - {{id: route{number}, path: /r{number}, mode: shadow}}\n" for number in range(SIZE.routes))
KNOWN = {
    "KNOWN_ROUTES": "hello shadowed route0 route1 route2 __default__",
    "KNOWN_SAMPLES": "route0-0-0 route2-1-0",
    "SCHEMATHESIS_HOOKS": "tests.support.known_cases",
}
# No description can say that the map is another one by now, has no place for an edit, or how often is too often.
REFUSALS = """
[checks]
missing_required_header.expected-statuses = ["401", "403", "428"]
negative_data_rejection.expected-statuses = ["4xx"]
positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "412", "422", "429"]
"""


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("site")
    fill(write_site(folder, text=TEXT), SIZE, time.time())
    with running(folder, token=TOKEN, read_token=READ_TOKEN) as started:
        yield started


def ask(gateway: Running, folder: Path, token: str, *options: str) -> int:
    """Cases that were asked of every operation; fails with what an answer had against it."""
    config = folder / "schemathesis.toml"
    config.write_text(REFUSALS, encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run",
            f"{gateway.console}/api/v1/openapi.json", "--header", f"Authorization: Bearer {token}",
            "--seed", "1", "--no-shrink", "--no-color", "--continue-on-failure", "--generation-database", "none",
            "--suppress-health-check", "all", "--warnings", "off", *options,
        ],
        cwd=folder,
        env={**os.environ, **KNOWN, "KNOWN_CONSOLE": gateway.console, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert gateway.ready().status_code == 200
    operations = re.search(r"Tested: (\d+)", done.stdout)
    cases = re.search(r"(\d[\d,]*) generated", done.stdout)
    assert operations is not None, done.stdout
    assert cases is not None, done.stdout
    assert int(operations[1]) == sum(len(methods) for methods in described(gateway).values())
    print(done.stdout)
    return int(cases[1].replace(",", ""))


def described(gateway: Running) -> dict[str, dict[str, object]]:
    paths: dict[str, dict[str, object]] = gateway.http.get(gateway.console + "/api/v1/openapi.json").json()["paths"]
    return paths


def test_answers_are_as_the_description_says(gateway: Running, tmp_path: Path) -> None:
    """Case 181, light."""
    assert ask(gateway, tmp_path, TOKEN, "--phases", "fuzzing", "--max-examples", "3") >= 50


@pytest.mark.soak
@pytest.mark.parametrize(("token", "number"), [(TOKEN, 1_000), (READ_TOKEN, 60)], ids=["operator", "reader"])
def test_ten_thousand_cases_meet_no_failure_of_ours(gateway: Running, tmp_path: Path, token: str, number: int) -> None:
    """Case 181: also every edge that the description has, of every parameter."""
    asked = ask(gateway, tmp_path, token, "--checks", "all", "--max-examples", str(number))
    assert asked > (10_000 if token == TOKEN else 1_000)
