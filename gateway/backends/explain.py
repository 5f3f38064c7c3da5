"""Sentences for people whose application could not be imported: what happened, where, and what to do.

Pure: errors and objects in, text out.
"""

from __future__ import annotations

import difflib
import os
import sys
import sysconfig
import traceback
from pathlib import Path

from gateway.backends.import_string import ImportString


def import_error(wish: ImportString, error: BaseException) -> str:
    """Why importing the module failed: it is not there, something that it imports is not, or its code raised."""
    if isinstance(error, ModuleNotFoundError) and error.name and _is_or_contains(error.name, wish.module):
        return _module_not_found(wish, error.name)
    if isinstance(error, ModuleNotFoundError) and error.name:
        return (
            f'"{wish.text}": {_place(error) or wish.module} imports "{error.name}", which is not installed here; '
            f"install the application's own requirements into this environment ({sys.prefix})"
        )
    if isinstance(error, SyntaxError) and error.filename:
        line = (error.text or "").strip()
        return f'"{wish.text}": {_relative(error.filename)}:{error.lineno}: {error.msg}: {line}'
    return f'"{wish.text}": importing {wish.module} raised {_raised(error)}'


def factory_error(wish: ImportString, error: BaseException) -> str:
    """Why the factory made nothing."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        return import_error(wish, error)
    return f'"{wish.text}": {wish.attributes[-1]}() raised {_raised(error)}'


def missing_attribute(wish: ImportString, owner: object, name: str) -> str:
    """Which names there are instead."""
    public = sorted(known for known in vars(owner) if not known.startswith("_")) if hasattr(owner, "__dict__") else []
    near = difflib.get_close_matches(name, public, n=3, cutoff=0.5)
    likely = near or [known for known in ("app", "application", "create_app", "make_app") if known in public]
    file = getattr(owner, "__file__", None)
    where = f"{wish.module} ({_relative(file)})" if file else wish.module
    hint = (
        f"did you mean {_either([f'{wish.module}:{known}' for known in likely])}?" if likely else "name the application"
    )
    return f'"{wish.text}": {where} has no "{name}"; {hint}'


def wrong_kind(wish: ImportString, found: object, *, kind: str | None, wanted: str, other: str) -> str:
    """What was found where an application of the `wanted` interface was expected."""
    what = describe(found)
    if found is None and wish.call is not None:
        return f'"{wish.text}": the factory returned None; does it end with "return app"?'
    if kind == other:
        side = "backends.v2.asgi" if other == "ASGI" else "backends.legacy.wsgi"
        return (
            f'"{wish.text}" is {what}, which speaks {other}; {wanted} is expected here, and {other} applications '
            f"belong under {side}"
        )
    if wish.call is None and _looks_like_a_factory(found):
        return f'"{wish.text}" is {what}, not an application; write "{wish.target}()" to call it'
    return f'"{wish.text}" is {what}, not a {wanted} application; name the application object or its factory'


def describe(found: object) -> str:
    """An object in a few words: `a FastAPI application`, `the function create_app`, `a str`."""
    if found is None:
        return "None"
    if isinstance(found, type):
        return f"the class {found.__name__}"
    kind = type(found).__name__
    match kind:
        case "function" | "builtin_function_or_method" | "method":
            return f"the function {getattr(found, '__name__', '')}"
        case "module":
            return f"the module {getattr(found, '__name__', '')}"
        case "Flask" | "FastAPI" | "Starlette" | "Quart":
            return f"a {kind} application"
        case _:
            return f"{'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}"


def _looks_like_a_factory(found: object) -> bool:
    return isinstance(found, type) or type(found).__name__ == "function"


def _module_not_found(wish: ImportString, missing: str) -> str:
    """The module itself is not there: say where it was looked for, and what is there."""
    here = Path.cwd()
    relative = Path(*wish.module.split("."))
    for folder in sorted(path for path in here.glob("*/") if not path.name.startswith(".")):
        if (folder / relative).with_suffix(".py").is_file() or (folder / relative / "__init__.py").is_file():
            return (
                f'"{wish.text}": there is no module "{missing}" in {here}, but there is one in {folder.name}/; '
                f"run from {folder.name}/, or with PYTHONPATH={folder.name}"
            )
    names = [path.stem for path in here.glob("*.py")]
    names += [path.parent.name for path in here.glob("*/__init__.py")]
    near = difflib.get_close_matches(missing.rpartition(".")[2], names, n=3, cutoff=0.6)
    hint = f"did you mean {_either(sorted(near))}? " if near else ""
    return (
        f'"{wish.text}": there is no module "{missing}"; it was looked for in {here} and on sys.path; '
        f"{hint}Run from the project's root, or set PYTHONPATH to the folder that holds it"
    )


def _is_or_contains(missing: str, module: str) -> bool:
    """Whether the missing module is the one that was asked for, or a package on the way to it."""
    return module == missing or module.startswith(f"{missing}.")


def _raised(error: BaseException) -> str:
    """`ValueError: no SECRET_KEY at app.py:12: the source line`."""
    text = str(error).strip().splitlines()
    what = f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
    if isinstance(error, SystemExit):
        what = f"SystemExit({error.code!r}), which ends the process; guard it with if __name__ == '__main__'"
    place = _place(error)
    return f"{what} (at {place})" if place else what


def _place(error: BaseException) -> str:
    """`file:line` of the last frame that is the user's own code: not the gateway's, nor an installed package's."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if is_own_code(frame.filename)]
    return f"{_relative(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""


def is_own_code(filename: str) -> bool:
    """Whether a file is neither the standard library's, nor installed, nor the gateway's own."""
    paths = sysconfig.get_paths()
    own = str(Path(__file__).parents[1])
    foreign = (paths["stdlib"], paths["purelib"], paths["platlib"], own)
    return not filename.startswith(("<", *(folder + os.sep for folder in foreign)))


def _relative(filename: str) -> str:
    """A path as people in this directory would write it."""
    path = os.path.relpath(filename)
    return filename if path.startswith("..") else path


def _either(names: list[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
