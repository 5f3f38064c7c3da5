"""What the old server's own files ask for: gunicorn's configuration, uWSGI's, Procfile commands."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from gateway.doctor.finding import Finding, error, note, warning

GUNICORN_FILES = ("gunicorn.conf.py", "gunicorn_config.py", "gunicorn_conf.py", "gunicorn.py")

GUNICORN_HOOKS = frozenset({
    "child_exit", "nworkers_changed", "on_exit", "on_reload", "on_starting", "post_fork", "post_request",
    "post_worker_init", "pre_exec", "pre_fork", "pre_request", "ssl_context", "when_ready", "worker_abort",
    "worker_exit", "worker_int",
})  # fmt: skip

UWSGI_FILES = ("uwsgi.ini", "uwsgi.yaml", "uwsgi.yml", "uwsgi.json", "uwsgi.xml")


def check_server_files(root: Path) -> Iterator[Finding]:
    """What the files in `root` ask a server for that the gateway does differently."""
    for name in GUNICORN_FILES:
        if (root / name).is_file():
            yield from _gunicorn(root / name, name)
    for name in UWSGI_FILES:
        if (root / name).is_file():
            yield warning(
                "server.uwsgi-file",
                "uWSGI's options (mounts, static-map, cron, spooler, REMOTE_USER parameters) do not apply here",
                "carry over what clients see: static files, mounts, headers, threads",
                name,
            )


def _gunicorn(path: Path, name: str) -> Iterator[Finding]:
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=hook) if hook in GUNICORN_HOOKS:
                yield warning(
                    "server.gunicorn-hook",
                    f"gunicorn's hook {hook} does not run under the gateway",
                    "move what the application needs from it into the factory",
                    f"{name}:{node.lineno}",
                )
            case ast.Assign(targets=[ast.Name(id=option)], value=ast.Constant(value=value)):
                yield from _gunicorn_option(option, value, f"{name}:{node.lineno}")
            case _:
                pass


def _gunicorn_option(option: str, value: object, where: str) -> Iterator[Finding]:
    if option == "worker_class" and str(value) in {"gevent", "eventlet"}:
        yield error(
            "server.green-threads",
            f"the old server runs the application on {value}; the bridge uses ordinary threads",
            "check that the application does not rely on monkey patching; set backends.legacy.threads to the number "
            "of requests that it really answers at once",
            where,
        )
    if option == "threads" and isinstance(value, int):
        yield note(
            "server.threads",
            f"the old server uses {value} threads a worker",
            f"set backends.legacy.threads to {value}, and --workers to gunicorn's workers",
            where,
        )
