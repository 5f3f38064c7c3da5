"""Prometheus' own tools accept deploy/prometheus, and its alerts fire when they should and only then."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from gateway.settings import Settings
from tests.support.promql import PROMETHEUS, alerts, read_yaml

TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))
Missing = Callable[[str], NoReturn]


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture(scope="module")
def promtool(missing: Missing) -> str:
    return shutil.which("promtool") or missing("promtool")


@pytest.fixture(scope="module")
def amtool(missing: Missing) -> str:
    return shutil.which("amtool") or missing("amtool")


def test_promtool_accepts_the_configuration_and_its_rules(promtool: str, tmp_path: Path) -> None:
    # As on a machine that has the token's file; the rule files are found beside the configuration.
    (tmp_path / "gateway-token").write_text("0" * 32)
    text = (
        (PROMETHEUS / "prometheus.yml")
        .read_text()
        .replace("/etc/prometheus/gateway-token", f"{tmp_path}/gateway-token")
    )
    (tmp_path / "prometheus.yml").write_text(text)
    for name in ("recording.yml", "alerts.yml"):
        shutil.copy(PROMETHEUS / name, tmp_path)
    answer = run(promtool, "check", "config", "--lint=all", "--lint-fatal", tmp_path / "prometheus.yml")
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.stem)
def test_the_alerts_fire_when_they_should(promtool: str, file: Path) -> None:
    answer = run(promtool, "test", "rules", file)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_every_alert_has_a_test_that_it_fires_and_one_that_it_does_not() -> None:
    fires, quiet = set(), set()
    for test in (test for file in TESTS for test in read_yaml(file)["tests"]):
        asked = [ask["exp_samples"] for ask in test.get("promql_expr_test", ())]
        fired = {name for samples in asked for name in re.findall(r'alertname="(\w+)"', str(samples))}
        named = set(re.findall(r"\bGateway\w+", test["name"].partition("not fire")[0]))
        fires |= fired
        quiet |= named - fired if "not fire" in test["name"] else set()
    names = {rule["alert"] for rule in alerts()}
    assert (names - fires, names - quiet) == (set(), set())


def test_alertmanager_accepts_its_configuration(amtool: str) -> None:
    answer = run(amtool, "check-config", PROMETHEUS / "alertmanager.yml")
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(("severity", "receiver"), [("page", "on-call"), ("ticket", "tickets")])
def test_a_page_wakes_somebody_and_a_ticket_does_not(amtool: str, severity: str, receiver: str) -> None:
    file = PROMETHEUS / "alertmanager.yml"
    answer = run(amtool, "config", "routes", "test", f"--config.file={file}", f"severity={severity}", "job=gateway")
    assert (answer.returncode, answer.stdout.strip()) == (0, receiver)


def test_what_silences_other_alerts_exists() -> None:
    known = {rule["alert"] for rule in alerts()}
    text = (PROMETHEUS / "alertmanager.yml").read_text()
    named = {name for match in re.findall(r'alertname(?:=|!=|=~)"([^"]+)"', text) for name in match.split("|")}
    assert named - {"Gateway.+"} <= known


def test_prometheus_asks_where_the_console_is() -> None:
    target = read_yaml(PROMETHEUS / "prometheus.yml")["scrape_configs"][0]["static_configs"][0]["targets"][0]
    assert target == f"127.0.0.1:{Settings.model_fields['console_port'].default}"


@pytest.mark.parametrize("file", sorted(PROMETHEUS.rglob("*.yml")), ids=lambda file: file.name)
def test_every_setting_that_is_named_exists(file: Path) -> None:
    named = {name.lower() for name in re.findall(r"GATEWAY_([A-Z][A-Z_]*[A-Z])", file.read_text())}
    assert named <= set(Settings.model_fields)
