"""`module:attribute`, `module:factory()` and `module:factory("prod", debug=False)`: what a map may name.

Parsed with `ast`, never evaluated: the arguments of a factory are literals, so that a map cannot run an expression.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import ImportFailed

SHAPE = 'write "module:attribute" or "module:factory()", for example "myapp:app" or "myapp:create_app()"'


@dataclass(frozen=True, slots=True)
class Call:
    """The literal arguments of a factory."""

    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportString:
    """What an import string names. `call` is None when the attribute itself is the application."""

    text: str
    module: str
    attributes: tuple[str, ...]
    call: Call | None = None

    @property
    def target(self) -> str:
        """The import string without its call."""
        return f"{self.module}:{'.'.join(self.attributes)}"


def parse(text: str) -> ImportString:
    """Take an import string apart.

    Raises:
        ImportFailed: it is not one; the message shows the shape that is expected.
    """
    module, colon, rest = text.strip().partition(":")
    if not colon:
        raise ImportFailed(f'"{text}" names no attribute; {_suggest(module)}')
    if not all(part.isidentifier() for part in module.split(".")):
        raise ImportFailed(f'"{text}": "{module}" is not a module name; {_suggest(module, rest)}')
    try:
        expression = ast.parse(rest.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ImportFailed(f'"{text}": "{rest}" is not an attribute or a call; {SHAPE}') from None
    call = None
    if isinstance(expression, ast.Call):
        call = _literal_call(expression, text)
        expression = expression.func
    return ImportString(text=text, module=module, attributes=_dotted(expression, text), call=call)


def _literal_call(node: ast.Call, text: str) -> Call:
    """The arguments of a call, which must be literals."""
    if any(keyword.arg is None for keyword in node.keywords):
        raise ImportFailed(f'"{text}": "**" is not possible here; write the arguments out')
    try:
        return Call(
            args=tuple(ast.literal_eval(argument) for argument in node.args),
            kwargs={str(keyword.arg): ast.literal_eval(keyword.value) for keyword in node.keywords},
        )
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        raise ImportFailed(
            f'"{text}": the arguments of a factory are literals (strings, numbers, True, None, lists, dicts); '
            f"put anything else into a factory of its own and name that",
        ) from None


def _dotted(node: ast.expr, text: str) -> tuple[str, ...]:
    """`a.b.c` as its names."""
    match node:
        case ast.Name(id=name):
            return (name,)
        case ast.Attribute(value=value, attr=name):
            return (*_dotted(value, text), name)
        case _:
            raise ImportFailed(f'"{text}": what follows the colon is not an attribute or a call; {SHAPE}')


def _suggest(module: str, rest: str = "app") -> str:
    """What to write in place of a path or of a module without an attribute."""
    dotted = module.removesuffix(".py").strip("./").replace("/", ".").replace("-", "_")
    if dotted and all(part.isidentifier() for part in dotted.split(".")):
        return f'write "{dotted}:{rest}", or "{dotted}:create_app()" for a factory'
    return SHAPE
