"""Patterns in source code that will not survive the move, or are worth knowing. Pure: a tree in, findings out.

A scan of the text cannot see everything; each pattern is one that says the same thing in every application.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping

from gateway.doctor.finding import Finding, error, note, warning
from gateway.doctor.legacy.module_state import written_by_requests

Hit = tuple[int, Finding]
"""The line, and what is there."""

SHUTDOWN = error(
    "server.shutdown",
    "werkzeug.server.shutdown exists under Werkzeug's development server only",
    "stop the gateway with SIGTERM instead",
)
MONKEY_PATCH = error(
    "monkey.patch",
    "gevent or eventlet monkey-patches the standard library; the gateway's event loops and threads do not survive that",
    "patch in the old server's own configuration only, not where the application is imported",
)
SIGNAL = warning(
    "process.signal",
    "a signal handler of the application replaces the gateway's own, which drains on SIGTERM",
    "remove it, or guard it with if __name__ == '__main__'",
)
DIRECTORY = warning(
    "process.directory",
    "the application changes the current directory, which is the whole process's: legacy and v2 then open relative "
    "files from there",
    "open files by absolute paths (pathlib.Path(__file__).parent), and leave the directory as it is",
)
SCHEDULER = note("process.scheduler", "a scheduler runs once in every worker", "run it in a process of its own")
SERVER_SENT_EVENTS = note(
    "streaming.view",
    "server-sent events hold one thread of the bridge for each connected client",
    "count those clients in backends.legacy.threads",
)
STREAMED = note(
    "streaming.view",
    "a streamed answer holds one thread of the bridge until its last byte",
    "count those clients in backends.legacy.threads",
)

SERVER_MODULES = frozenset({"uwsgi", "uwsgidecorators", "mod_wsgi"})
WEBSOCKET_MODULES = frozenset({"flask_sock", "flask_sockets", "geventwebsocket"})
SERVER_KEYS = ("uwsgi.", "mod_wsgi.", "gunicorn.", "gevent.", "eventlet.", "waitress.")
FRONT_KEYS = ("REMOTE_USER", "AUTH_TYPE", "SSL_", "HTTPS")
REMOVED_HOOKS = frozenset({"before_first_request", "before_app_first_request", "before_serving", "after_serving"})
APPLICATION_NAMES = frozenset({"app", "application", "flask_app", "server", "socketio", "api"})


def search(tree: ast.Module) -> list[Hit]:
    """Every hit, by line."""
    hits: list[Hit] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.stmt):
            look = _LOOK.get(type(node))
            found = look(node) if look else None
            if found:
                hits.append((node.lineno, found))
    hits += [(line, found) for line, key in _environ_keys(tree) if (found := _environ_key(key))]
    hits += [(line, _runs(name)) for line, name in runs_at_import(tree)]
    hits += [(line, _module_state(name)) for line, name in written_by_requests(tree)]
    return sorted(hits, key=lambda hit: hit[0])


def runs_at_import(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The line and the object where importing the module would start a server: `app.run()` without a main guard."""
    for statement in tree.body:
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="run", value=ast.Name(id=name)))):
                if name in APPLICATION_NAMES:
                    yield statement.lineno, name
            case _:
                pass


def _import(node: ast.Import) -> Finding | None:
    return next(filter(None, (_module(name.name) for name in node.names)), None)


def _import_from(node: ast.ImportFrom) -> Finding | None:
    return _module(node.module) if node.module and not node.level else None


def _module(name: str) -> Finding | None:
    top = name.partition(".")[0]
    if top in SERVER_MODULES:
        return error(
            "server.import",
            f'the module "{top}" exists only inside that server',
            "guard the import and do without it, or run legacy there and name it as backends.legacy.url",
        )
    if top in WEBSOCKET_MODULES:
        return error(
            "websocket.import",
            f'"{top}" serves WebSockets, which do not pass the bridge',
            "write those routes for v2 first, or name the running application as backends.legacy.url",
        )
    return None


def _call(node: ast.Call) -> Finding | None:
    return DIRECTORY if _changes_directory(node.func) else _known_call(node.func)


def _changes_directory(function: ast.expr) -> bool:
    match function:
        case ast.Attribute(attr="chdir" | "fchdir", value=ast.Name(id="os" | "contextlib")):
            return True
        case ast.Name(id="chdir" | "fchdir"):
            return True
        case _:
            return False


def _known_call(function: ast.expr) -> Finding | None:
    match function:
        case ast.Attribute(attr="patch_all" | "monkey_patch") | ast.Name(id="patch_all" | "monkey_patch"):
            return MONKEY_PATCH
        case ast.Attribute(attr="signal", value=ast.Name(id="signal")):
            return SIGNAL
        case ast.Name(id="BackgroundScheduler" | "APScheduler"):
            return SCHEDULER
        case ast.Name(id="stream_with_context"):
            return STREAMED
        case _:
            return None


def _attribute(node: ast.Attribute) -> Finding | None:
    if node.attr in REMOVED_HOOKS:
        return error(
            "hooks.removed",
            f"{node.attr} does not exist in Flask 2.3 and newer: the application stops here",
            "do its work in the factory, inside `with app.app_context():`",
        )
    if node.attr == "remote_user" and isinstance(node.value, ast.Name) and node.value.id == "request":
        return _environ_key("REMOTE_USER")
    return None


def _constant(node: ast.Constant) -> Finding | None:
    is_events = isinstance(node.value, str) and node.value.startswith("text/event-stream")
    return SERVER_SENT_EVENTS if is_events else None


def _environ_key(key: str) -> Finding | None:
    """Keys of the WSGI environment that only the old server, or the web server before it, sets."""
    if key == "werkzeug.server.shutdown":
        return SHUTDOWN
    if key.startswith(SERVER_KEYS):
        return error("environ.server", f'"{key}" is set by the old server only', "do without it")
    if key.startswith(FRONT_KEYS):
        return error(
            "environ.remote-user" if key == "REMOTE_USER" else "environ.front",
            f"{key} is set by the web server in front (Apache, nginx, uWSGI parameters); the gateway sets none",
            "let the front pass it as a header that it always overwrites, and read that in both applications",
        )
    return None


def _environ_keys(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """`request.environ["KEY"]`, `environ.get("KEY")`, `"KEY" in environ`; never those of `os.environ`."""
    of_os = any(
        isinstance(node, ast.ImportFrom) and node.module == "os" and any(name.name == "environ" for name in node.names)
        for node in ast.walk(tree)
    )
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=owner, slice=ast.Constant(value=str(key))):
                pass
            case ast.Call(func=ast.Attribute(value=owner), args=[ast.Constant(value=str(key)), *_]):
                pass
            case ast.Compare(left=ast.Constant(value=str(key)), comparators=[owner]):
                pass
            case _:
                continue
        if _is_environ(owner, of_os=of_os):
            yield node.lineno, key


def _is_environ(node: ast.expr, *, of_os: bool) -> bool:
    match node:
        case ast.Attribute(attr="environ", value=ast.Name(id="os")):
            return False
        case ast.Attribute(attr="environ"):
            return True
        case ast.Name(id="environ"):
            return not of_os
        case _:
            return False


def _runs(name: str) -> Finding:
    return error(
        "import.runs",
        f"{name}.run() starts a server as soon as the module is imported",
        f"guard it: if __name__ == '__main__': {name}.run()",
    )


def _module_state(name: str) -> Finding:
    return warning(
        "threads.module-state",
        f'"{name}" is changed by functions but belongs to the module: requests on several threads share it, and '
        "several workers do not",
        "guard it with a threading.Lock, or keep it in flask.g, a session, a database or a cache",
    )


_LOOK: Mapping[type[ast.AST], Callable[..., Finding | None]] = {
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Call: _call,
    ast.Attribute: _attribute,
    ast.Constant: _constant,
}
