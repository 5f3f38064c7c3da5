"""What is in deploy/ is accepted by the tools that will read it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from gateway.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"

Missing = Callable[[str], NoReturn]


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, check=False)


def tool(name: str, missing: Missing) -> str:
    """Where `name` is: on the path, in Debian's sbin, or beside this Python."""
    return shutil.which(name) or shutil.which(name, path=f"/usr/sbin:{Path(sys.executable).parent}") or missing(name)


def test_systemd_accepts_the_unit(tmp_path: Path, missing: Missing) -> None:
    verify = tool("systemd-analyze", missing)
    unit = (DEPLOY / "gateway.service").read_text()
    # The only thing that a checkout cannot have is the installed program.
    unit, count = re.subn(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", unit)
    assert count == 1
    file = tmp_path / "gateway.service"
    file.write_text(unit)
    answer = run(verify, "verify", "--man=no", file)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_systemd_waits_longer_than_the_grace_period() -> None:
    match = re.search(r"(?m)^TimeoutStopSec=(\d+)$", (DEPLOY / "gateway.service").read_text())
    assert match
    assert int(match[1]) > Settings.model_fields["grace"].default


def test_nginx_accepts_the_configuration(tmp_path: Path, missing: Missing) -> None:
    nginx, openssl = tool("nginx", missing), tool("openssl", missing)
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    made = run(
        *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
        *("-days", "1", "-subj", "/CN=app.example.com", "-keyout", key, "-out", certificate),
    )
    assert made.returncode == 0, made.stderr
    site = (DEPLOY / "nginx.conf").read_text().replace("/etc/ssl/gateway/", f"{tmp_path}/")
    (tmp_path / "site.conf").write_text(site)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/nginx.pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\n  access_log off;\n  client_body_temp_path {tmp_path}/body;\n  proxy_temp_path {tmp_path}/proxy;\n"
        f"  fastcgi_temp_path {tmp_path}/f;\n  uwsgi_temp_path {tmp_path}/u;\n  scgi_temp_path {tmp_path}/s;\n"
        f"  include {tmp_path}/site.conf;\n}}\n",
    )
    answer = run(nginx, "-t", "-q", "-p", tmp_path, "-c", tmp_path / "nginx.conf")
    assert (answer.returncode, answer.stderr) == (0, "")


def test_nginx_gives_up_an_idle_connection_before_the_gateway_does() -> None:
    match = re.search(r"keepalive_timeout (\d+)s;", (DEPLOY / "nginx.conf").read_text())
    assert match
    assert int(match[1]) < Settings.model_fields["keep_alive"].default


def test_nginx_refuses_what_the_gateway_would_refuse() -> None:
    match = re.search(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx.conf").read_text())
    assert match
    assert int(match[1]) * 1024**2 == Settings.model_fields["max_body"].default


def test_hadolint_accepts_the_dockerfile(missing: Missing) -> None:
    answer = run(tool("hadolint", missing), "--failure-threshold", "style", DEPLOY / "Dockerfile")
    assert (answer.returncode, answer.stdout + answer.stderr) == (0, "")


def test_the_image_does_not_run_as_root() -> None:
    users = re.findall(r"(?m)^USER (\S+)$", (DEPLOY / "Dockerfile").read_text())
    assert users
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1])


@pytest.mark.parametrize(
    "name", ["pyproject.toml", "README.md", "LICENSE", "gateway", "legacy", "v2", "migration_map.yaml"]
)
def test_what_the_image_copies_is_there_and_not_ignored(name: str) -> None:
    assert (ROOT / name).exists()
    assert f"!{name}" in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()


@pytest.mark.parametrize("file", sorted(path.name for path in DEPLOY.iterdir() if path.is_file()))
def test_every_setting_that_is_named_exists(file: str) -> None:
    text = (DEPLOY / file).read_text()
    named = {name.lower() for name in re.findall(r"GATEWAY_([A-Z][A-Z_]*[A-Z])", text)}
    assert named <= set(Settings.model_fields)
