"""The page about compat says what the code has, and its code runs."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import gateway.compat
from gateway.compat.switch import Switch
from tests.docs.conftest import Fence, fences
from tests.docs.test_reference import table

PAGE = "docs/compat.md"


def switches() -> dict[str, str]:
    """Name -> what it keeps, of every switch that a module of compat's state declares."""
    names = [module.name for module in pkgutil.iter_modules(gateway.compat.__path__) if not module.ispkg]
    values = [value for name in names for value in vars(importlib.import_module(f"gateway.compat.{name}")).values()]
    return {value.name: value.keeps for value in values if isinstance(value, Switch)}


def test_every_switch_of_state_is_on_the_page_and_no_other(root: Path) -> None:
    _, _, table = (root / PAGE).read_text(encoding="utf-8").partition("### The switches of state\n")
    rows = re.findall(r"(?m)^\| `([a-z_.]+)` \| (.+?) \| (.+) \|$", table)
    assert {name: keeps for name, keeps, _ in rows} == switches()
    assert all(when for _, _, when in rows)


@pytest.mark.parametrize("fence", [fence for fence in fences("python") if fence.page.name == "compat.md"], ids=str)
def test_the_code_of_the_page_runs(fence: Fence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a module, since FastAPI looks up what annotations name."""
    (tmp_path / f"page_{fence.line}.py").write_text(fence.text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    module = importlib.import_module(f"page_{fence.line}")
    assert {"app", "router"} & vars(module).keys()


def test_every_name_of_the_table_is_where_the_page_says(root: Path) -> None:
    rows = [row for row in table(root / PAGE, "in legacy") if len(row) == 3]
    assert len(rows) == 15
    for _, usage, module in rows:
        found = vars(importlib.import_module(f"gateway.compat.{module.strip('`')}"))
        assert set(re.findall(r"\w+", usage)) & found.keys(), usage
