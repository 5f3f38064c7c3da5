"""Import an application by its import string, and explain what went wrong when it cannot be.

    load_wsgi("legacy.app:create_app()")  -> a WSGI application      legacy
    load_asgi("v2.main:app")              -> an ASGI application     v2
    load_either(...)                      -> its kind, and the application
    flask_behind(application)             -> the Flask object, for its url_map

Modules are looked up on `sys.path` as it is; the command line puts the current directory first, and
`fix_import_path` makes it independent of what the current directory becomes.
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gateway.backends import explain
from gateway.backends.import_string import Call, ImportString, parse
from gateway.errors import ImportFailed
from gateway.wrappers import layers

if TYPE_CHECKING:
    from types import ModuleType

    from flask import Flask


def fix_import_path() -> None:
    """Make every entry of `sys.path` absolute, before an application is imported that changes the directory.

    Servers put an empty entry first, which stands for the current directory of each import. What names nothing here
    stays as it is: installers put words there that an import hook compares with (editable namespace packages).
    """
    sys.path[:] = [
        os.path.abspath(entry) if not entry or os.path.exists(entry) else entry  # noqa: PTH100, PTH110 - strings
        for entry in sys.path
    ]


def load_wsgi(import_string: str) -> Callable[..., Any]:
    """Import the WSGI application that `import_string` names.

    Raises:
        ImportFailed: it could not be imported, or is no WSGI application; the message says which and what to do.
    """
    return _load(import_string, wanted="WSGI", other="ASGI")


def load_asgi(import_string: str) -> Callable[..., Any]:
    """Import the ASGI application that `import_string` names.

    Raises:
        ImportFailed: it could not be imported, or is no ASGI application; the message says which and what to do.
    """
    return _load(import_string, wanted="ASGI", other="WSGI")


def load_either(import_string: str) -> tuple[str, Callable[..., Any]]:
    """Import an application of either kind: `WSGI` or `ASGI`, and the application.

    Raises:
        ImportFailed: it could not be imported, or is neither.
    """
    wish = parse(import_string)
    application = _made(wish)
    kind = interface_of(application)
    if kind is None:
        raise ImportFailed(explain.wrong_kind(wish, application, kind=kind, wanted="WSGI", other="ASGI"))
    return kind, application


def flask_behind(application: object) -> Flask | None:
    """The Flask object itself, looked for behind wrappers (ProxyFix, WhiteNoise, functions); None when there is none.

    Wrappers hold what they wrap in an attribute (whatever its name), in a closure, or as a bound `app.wsgi_app`.
    """
    from flask import Flask  # noqa: PLC0415  a remote legacy needs no Flask, and the import costs 100 ms

    return next((layer for layer in layers(application) if isinstance(layer, Flask)), None)


def _load(text: str, *, wanted: str, other: str) -> Callable[..., Any]:
    """Import, call the factory if there is one, and insist on the interface that is `wanted`."""
    wish = parse(text)
    application = _made(wish)
    kind = interface_of(application)
    if kind == wanted:
        return application
    raise ImportFailed(explain.wrong_kind(wish, application, kind=kind, wanted=wanted, other=other))


def _made(wish: ImportString) -> Callable[..., Any]:
    """Whatever the import string names, its factory called."""
    found = _attribute(_module(wish), wish)
    return found if wish.call is None else _call(found, wish, wish.call)  # type: ignore[no-any-return]  # looked at next


def _module(wish: ImportString) -> ModuleType:
    """Import the module."""
    try:
        return importlib.import_module(wish.module)
    except (Exception, SystemExit) as error:
        raise ImportFailed(explain.import_error(wish, error)) from error


def _attribute(module: ModuleType, wish: ImportString) -> Any:
    """Look the attribute up, name by name."""
    found: Any = module
    for name in wish.attributes:
        try:
            found = getattr(found, name)
        except AttributeError:
            raise ImportFailed(explain.missing_attribute(wish, found, name)) from None
    return found


def _call(factory: Any, wish: ImportString, call: Call) -> Any:
    """Call the factory."""
    if not callable(factory) or (interface_of(factory) is not None and not _is_plain(factory)):
        raise ImportFailed(
            f'"{wish.text}": {wish.target} is already {explain.describe(factory)}, not a factory; '
            f'write "{wish.target}"',
        )
    try:
        inspect.signature(factory).bind(*call.args, **call.kwargs)
    except TypeError as error:
        raise ImportFailed(
            f'"{wish.text}": the factory cannot be called like this: {error}; '
            f"its signature is {wish.attributes[-1]}{inspect.signature(factory)}",
        ) from None
    except ValueError:
        pass  # some callables written in C have no signature: the call itself will tell
    try:
        made = factory(*call.args, **call.kwargs)
    except (Exception, SystemExit) as error:
        raise ImportFailed(explain.factory_error(wish, error)) from error
    if inspect.iscoroutine(made):
        made.close()
        raise ImportFailed(f'"{wish.text}": {wish.target} is an async function; a factory is an ordinary one')
    return made


def _is_plain(candidate: object) -> bool:
    """A function or a class, which may be a factory whatever its signature looks like."""
    return inspect.isroutine(candidate) or inspect.isclass(candidate)


def interface_of(candidate: object) -> str | None:
    """`WSGI`, `ASGI`, or None for anything else, told by the shape of the call.

    WSGI takes (environ, start_response), ASGI awaits (scope, receive, send). A function that can be called without
    arguments is a factory that was not called, and a class is no instance yet: None for both.
    """
    if not callable(candidate) or inspect.isclass(candidate):
        return None
    if _is_coroutine_callable(candidate):
        return "ASGI" if _takes(candidate, 3) else None
    if _takes(candidate, 0) and not _takes_anything(candidate):
        return None
    if _takes(candidate, 2):
        return "WSGI"
    return "ASGI" if _takes(candidate, 3) else None


def _is_coroutine_callable(candidate: Any) -> bool:
    return inspect.iscoroutinefunction(candidate) or inspect.iscoroutinefunction(type(candidate).__call__)


def _takes(candidate: Callable[..., Any], count: int) -> bool:
    """Whether it can be called with `count` positional arguments; callables without a signature take any number."""
    try:
        inspect.signature(candidate).bind(*[None] * count)
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def _takes_anything(candidate: Callable[..., Any]) -> bool:
    """`def application(*args)`: what a decorator leaves behind, so it says nothing."""
    try:
        parameters = inspect.signature(candidate).parameters.values()
    except (TypeError, ValueError):
        return True
    return any(parameter.kind is inspect.Parameter.VAR_POSITIONAL for parameter in parameters)
