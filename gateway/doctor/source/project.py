"""The modules of the rewrite together, and what an expression in them stands for.

    requests.get                what an import leads to, aliases undone
    httpx.AsyncClient()         an instance, or what a call gives: `()` stands for the call
    shop.db.Database.all        a function of the project itself

Nothing is run: what cannot be told stands for the empty text, and no check speaks of it. Pure.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable
from functools import cached_property

from gateway.doctor.source.bindings import Binding, Bindings, bindings_of, marks_of, self_values
from gateway.doctor.source.module import Class, Function, Module, Place

DEEPEST = 12
"""Steps from a name to its meaning; circles end here."""

_BUILTINS = frozenset(dir(builtins))
_TRANSPARENT = frozenset({
    "typing.Annotated", "typing_extensions.Annotated", "typing.Optional", "typing.ClassVar", "typing.Final",
    "typing.AsyncIterator", "typing.AsyncGenerator", "typing.Iterator", "typing.Generator", "typing.Awaitable",
    "collections.abc.AsyncIterator", "collections.abc.AsyncGenerator", "collections.abc.Iterator",
    "collections.abc.Generator", "collections.abc.Awaitable",
})  # fmt: skip
_PROPERTIES = frozenset({"property", "cached_property"})
_UNTOLD = frozenset({"typing.Any", "builtins.object"})
_DEPENDS = frozenset({"fastapi.Depends", "fastapi.param_functions.Depends", "fastapi.Security"})


class Project:
    """Modules that know of one another."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self.modules = {module.name: module for module in modules}
        self.functions = {one.name: one for module in self.modules.values() for one in module.functions}
        self.classes = {one.name: one for module in self.modules.values() for one in module.classes}
        self._bindings: dict[int, Bindings] = {}
        self._members: dict[tuple[str, str], str] = {}
        self._texts: dict[str, ast.expr | None] = {}
        self._symbols: dict[tuple[int, int], str] = {}

    @cached_property
    def places(self) -> list[Place]:
        """Every module, class and function."""
        return [*self.modules.values(), *self.classes.values(), *self.functions.values()]

    @cached_property
    def methods(self) -> dict[str, list[Function]]:
        """The methods of each class, by the class's name."""
        found: dict[str, list[Function]] = {}
        for function in self.functions.values():
            if function.owner is not None:
                found.setdefault(function.owner.name, []).append(function)
        return found

    def symbol(self, node: ast.expr | None, place: Place, depth: int = 0) -> str:
        """What an expression stands for at a place; empty when it cannot be told."""
        if depth > DEEPEST:
            return ""
        key = id(node), id(place)
        known = self._symbols.get(key)
        if known is None:
            known = self._symbols[key] = self._symbol(node, place, depth + 1)
        return known

    def _symbol(  # noqa: PLR0911  one case for each kind of expression
        self, node: ast.expr | None, place: Place, deeper: int
    ) -> str:
        match node:
            case ast.Name(id=name):
                return self._name(name, place, deeper)
            case ast.Attribute(value=value, attr=attribute):
                base = self.symbol(value, place, deeper)
                return self.member(base, attribute, deeper) if base else ""
            case ast.Call(func=func):
                return self._called(node, self.symbol(func, place, deeper), place, deeper)
            case ast.Await(value=value) | ast.NamedExpr(value=value):
                return self.symbol(value, place, deeper)
            case ast.BoolOp(values=values):
                return next(filter(None, (self.symbol(value, place, deeper) for value in values)), "")
            case ast.IfExp(body=body, orelse=orelse):
                return self.symbol(body, place, deeper) or self.symbol(orelse, place, deeper)
            case _:
                return ""

    def annotated(  # noqa: PLR0911  the same
        self, node: ast.expr | None, place: Place, depth: int = 0
    ) -> str:
        """What a value of that annotation stands for: `Annotated[Session, ...]` is a `sqlalchemy.orm.Session()`."""
        if depth > DEEPEST:
            return ""
        deeper = depth + 1
        match node:
            case ast.Constant(value=str(text)):
                return self.annotated(self._parsed(text), place, deeper)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return self.annotated(left, place, deeper) or self.annotated(right, place, deeper)
            case ast.Subscript(value=value, slice=inner):
                base = self.symbol(value, place, deeper)
                if base in _TRANSPARENT:
                    return self.annotated(inner.elts[0] if isinstance(inner, ast.Tuple) else inner, place, deeper)
                return f"{base}()" if base else ""
            case ast.Name() | ast.Attribute():
                alias = self.expression(node, place)
                if alias is not None:
                    return self.annotated(alias[0], alias[1], deeper)
                base = self.symbol(node, place, deeper)
                return "" if not base or base in _UNTOLD else base if base.endswith("()") else f"{base}()"
            case _:
                return ""

    def _parsed(self, text: str) -> ast.expr | None:
        """The annotation in quotation marks; kept, since what a node stands for is remembered by its identity."""
        if text not in self._texts:
            try:
                self._texts[text] = ast.parse(text, mode="eval").body
            except (SyntaxError, ValueError):
                self._texts[text] = None
        return self._texts[text]

    def expression(self, node: ast.expr, place: Place) -> tuple[ast.expr, Place] | None:
        """The subscript or union that an alias such as `Db = Annotated[...]` stands for, and where it is written."""
        dotted = self.symbol_of_alias(node, place)
        module, _, name = dotted.rpartition(".")
        home = self.modules.get(module)
        for binding in self.bindings(home).get(name, ()) if home is not None else ():
            if binding.kind == "value" and isinstance(binding.node, ast.Subscript | ast.BinOp) and home is not None:
                return binding.node, home
        return None

    def symbol_of_alias(self, node: ast.expr, place: Place) -> str:
        """The dotted name of a module-level name of the project, wherever it was imported to."""
        match node:
            case ast.Name(id=name):
                for scope in _scopes(place):
                    bindings = self.bindings(scope).get(name)
                    if bindings:
                        target = next((one.target for one in bindings if one.kind == "import"), "")
                        return target or (f"{scope.name}.{name}" if isinstance(scope, Module) else "")
                return ""
            case ast.Attribute(value=value, attr=attribute):
                base = self.symbol_of_alias(value, place)
                return f"{base}.{attribute}" if base else ""
            case _:
                return ""

    def bindings(self, place: Place) -> Bindings:
        """What a place binds, read once."""
        if id(place) not in self._bindings:
            self._bindings[id(place)] = bindings_of(place)
        return self._bindings[id(place)]

    def member(self, base: str, attribute: str, depth: int = 0) -> str:
        """An attribute of what a symbol stands for."""
        if depth > DEEPEST:
            return ""
        if base.endswith("()") and (owner := self.classes.get(base[:-2])) is not None:
            return self._member_of(owner, attribute, depth + 1)
        if base in self.modules or base in self.classes:
            return self.global_name(f"{base}.{attribute}", depth + 1)
        return f"{base}.{attribute}"

    def global_name(self, dotted: str, depth: int = 0) -> str:
        """A dotted name, followed through the project's own modules."""
        if depth > DEEPEST or dotted in self.functions or dotted in self.classes or dotted in self.modules:
            return dotted
        home, _, name = dotted.rpartition(".")
        place: Place | None = self.modules.get(home) or self.classes.get(home)
        if place is not None:
            return self._bound(self.bindings(place).get(name, ()), place, depth + 1)
        if not home:
            return dotted
        outer = self.global_name(home, depth + 1)
        return f"{outer}.{name}" if outer == home else (self.member(outer, name, depth + 1) if outer else dotted)

    def bases(self, owner: Class) -> list[str]:
        """What the classes that a class is derived from stand for."""
        return [self.symbol(base, owner.parent or owner.module) for base in owner.node.bases]

    def ancestors(self, owner: Class) -> tuple[list[Class], set[str]]:
        """The class and the project's classes above it, nearest first; and the names of those outside of it."""
        inside: list[Class] = []
        outside: set[str] = set()
        waiting = [owner]
        while waiting:
            one = waiting.pop(0)
            if one in inside:
                continue
            inside.append(one)
            for base in self.bases(one):
                if base in self.classes:
                    waiting.append(self.classes[base])
                elif base:
                    outside.add(base)
        return inside, outside

    def _name(self, name: str, place: Place, depth: int) -> str:
        for scope in _scopes(place):
            bindings = self.bindings(scope).get(name)
            if bindings:
                return self._bound(bindings, scope, depth)
        return f"builtins.{name}" if name in _BUILTINS else ""

    def _bound(self, bindings: Iterable[Binding], place: Place, depth: int) -> str:
        for binding in bindings:
            found = self._binding(binding, place, depth)
            if found:
                return found
        return ""

    def _binding(self, binding: Binding, place: Place, depth: int) -> str:
        match binding:
            case Binding("import", target=target):
                return self.global_name(target, depth)
            case Binding("function" | "class" | "self", target=target):
                return target
            case Binding("value" | "entered", ast.expr() as node):
                return self.symbol(node, place, depth)
            case Binding("annotated", ast.expr() as node):
                return self.annotated(node, place, depth)
            case _:
                return ""

    def _called(self, call: ast.Call, callee: str, place: Place, depth: int) -> str:
        if callee in _DEPENDS:
            return self._result(self.symbol(call.args[0], place, depth), depth) if call.args else ""
        return self._result(callee, depth)

    def _result(self, callee: str, depth: int) -> str:
        """What a call gives: an instance, what the project's function is annotated with, or what it returns."""
        function = self.functions.get(callee)
        if function is None:
            return f"{callee}()" if callee else ""
        if function.node.returns is not None:
            return self.annotated(function.node.returns, function, depth)
        for node in function.nodes:
            if isinstance(node, ast.Return | ast.Yield) and node.value is not None:
                return self.symbol(node.value, function, depth + 1)
        return ""

    def _member_of(self, owner: Class, attribute: str, depth: int) -> str:
        key = owner.name, attribute
        if key not in self._members:
            self._members[key] = ""  # circles end here
            self._members[key] = self._looked_up(owner, attribute, depth)
        return self._members[key]

    def _looked_up(self, owner: Class, attribute: str, depth: int) -> str:
        for one in self.ancestors(owner)[0]:
            name = f"{one.name}.{attribute}"
            if name in self.functions:
                function = self.functions[name]
                return self._result(name, depth) if marks_of(function) & _PROPERTIES else name
            found = self._bound(self.bindings(one).get(attribute, ()), one, depth)
            if found:
                return found
            for method, binding in self_values(one, attribute, self.methods.get(one.name, [])):
                found = self._binding(binding, method, depth)
                if found:
                    return found
        return ""


def _scopes(place: Place) -> list[Place]:
    """Where a name is looked up, the nearest first. A class is no scope of its methods."""
    found: list[Place] = []
    one: Place | None = place
    while one is not None:
        found.append(one)
        if isinstance(one, Module):
            break
        one = one.parent or one.module
    return found
