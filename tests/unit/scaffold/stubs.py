"""Stubs of views that are written in a test."""

from __future__ import annotations

import types
from typing import Any

from gateway.scaffold.annotations import Imports, Models
from gateway.scaffold.module import module_text
from gateway.scaffold.observations import Observations
from gateway.scaffold.plan import plan_stub
from gateway.scaffold.stub import Stub
from tests.unit.anatomy.views import view


def planned(
    function: Any, method: str = "GET", rule: str = "/it", seen: Observations | None = None, **options: Any
) -> Stub:
    """The stub of a function."""
    return plan_stub("it", rule, view(function, method), seen or Observations(), **options)


def nothing() -> str:
    """A view that nothing is known of."""
    return unknown()  # type: ignore[name-defined]  # noqa: F821


def models() -> Models:
    """An empty module's models."""
    return Models(Imports())


def imported(*stubs: Stub) -> types.ModuleType:
    """The module of stubs, as Python runs it."""
    module = types.ModuleType("scaffolded")
    exec(compile(module_text(stubs, "shop:app"), "scaffolded.py", "exec"), module.__dict__)  # noqa: S102 - what is tested
    return module
