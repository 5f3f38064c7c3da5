"""What deploy/nginx.conf promises the gateway, with a real nginx between two sockets."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from websockets.sync.client import connect

HERE = Path(__file__).resolve().parent
SITE = HERE.parents[1] / "deploy/nginx.conf"


def listening() -> socket.socket:
    """A socket that listens on a free port: whoever inherits it serves what has queued up, so nobody needs to wait."""
    return socket.create_server(("127.0.0.1", 0))


@contextmanager
def running(command: list[str], inherited: socket.socket, **environment: str) -> Iterator[None]:
    process = subprocess.Popen(
        command, pass_fds=[inherited.fileno()], env={**os.environ, **environment}, stderr=subprocess.PIPE, cwd=HERE
    )
    try:
        yield
        assert process.poll() is None, process.stderr and process.stderr.read()
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, missing: Callable[[str], NoReturn]) -> Iterator[int]:
    """The port of an nginx that runs deploy/nginx.conf, with other ports and a certificate of its own."""
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin") or missing("nginx")
    openssl = shutil.which("openssl") or missing("openssl")
    folder = tmp_path_factory.mktemp("nginx")
    make = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost"
    subprocess.run(
        [openssl, *make.split(), "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True,
        capture_output=True,
        timeout=30,
    )
    with closing(listening()) as behind, closing(listening()) as before:
        port = before.getsockname()[1]
        site = SITE.read_text().replace("/etc/ssl/gateway/", f"{folder}/")
        site = site.replace("server 127.0.0.1:8000", f"server 127.0.0.1:{behind.getsockname()[1]}")
        site = site.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2;")
        lines = [line for line in site.splitlines() if "listen [::]" not in line]
        # The plain server stays, on a socket of the file system, so that it takes no port.
        lines = [line.replace("listen 80;", f"listen unix:{folder}/plain;") for line in lines]
        (folder / "site.conf").write_text("\n".join(lines))
        temporary = "".join(f"{name}_temp_path {folder}/{name};" for name in ("proxy", "fastcgi", "uwsgi", "scgi"))
        # As root, nginx would hand its work to www-data, who may not enter a temporary folder of ours.
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            f"{user} daemon off; pid {folder}/pid; error_log stderr; events {{}}\n"
            f"http {{ access_log off; client_body_temp_path {folder}/body; {temporary} include {folder}/site.conf; }}",
        )
        server = [
            sys.executable,
            "-m",
            "uvicorn",
            "echo:app",
            "--log-level=error",
            "--ws=websockets-sansio",
            "--timeout-graceful-shutdown=1",
        ]
        with (
            running([*server, "--lifespan=off", f"--fd={behind.fileno()}"], behind),
            running([nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")], before, NGINX=f"{before.fileno()};"),
        ):
            yield port


@contextmanager
def tls(port: int) -> Iterator[ssl.SSLSocket]:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain, context.wrap_socket(plain) as wrapped:
        yield wrapped


def ask(port: int, target: str, *headers: str) -> dict[str, object]:
    """What the server behind nginx saw of `GET target`."""
    lines = [f"GET {target} HTTP/1.1", "Host: app.example.com", "Connection: close", *headers, "", ""]
    with tls(port) as connection:
        connection.sendall("\r\n".join(lines).encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    body = answer.partition(b"\r\n\r\n")[2]
    return dict(json.loads(body[body.index(b"{") : body.rindex(b"}") + 1]))


@pytest.mark.parametrize("target", ["//a", "/a/../b", "/a/%2e%2e/b", "/a%2fb", "/%61", "/a//b?x=%ff&y=a+b", "/a;x=1"])
def test_the_target_reaches_the_gateway_as_it_was_sent(front: int, target: str) -> None:
    seen = ask(front, target)
    path, _, query = target.partition("?")
    assert (seen["target"], seen["query"]) == (path, query)


def test_what_a_client_claims_about_itself_ends_at_nginx(front: int) -> None:
    """Case 65."""
    seen = ask(front, "/", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: http")
    headers = [(name, value) for name, value in map(tuple, seen["headers"]) if name.startswith("x-forwarded")]  # type: ignore[call-overload]
    assert sorted(headers) == [("x-forwarded-for", "127.0.0.1"), ("x-forwarded-proto", "https")]
    assert ["host", "app.example.com"] in seen["headers"]  # type: ignore[operator]


def test_the_first_event_arrives_while_the_stream_is_open(front: int) -> None:
    with tls(front) as connection:
        connection.sendall(b"GET /events HTTP/1.1\r\nHost: app.example.com\r\n\r\n")
        received = b""
        while b"data: first" not in received:
            chunk = connection.recv(65536)  # bounded by the socket's timeout
            assert chunk, received
            received += chunk


def test_a_websocket_goes_through(front: int) -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with connect(f"wss://127.0.0.1:{front}/socket", ssl=context, open_timeout=10) as client:
        client.send("hello")
        assert client.recv(timeout=10) == "hello"
