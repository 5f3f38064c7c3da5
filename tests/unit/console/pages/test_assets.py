"""Files are served by name from memory, and kept under a hash that changes with them."""

from __future__ import annotations

import re
from pathlib import Path

import gateway.console
from gateway.console.pages.assets import Assets, read_assets

ASSETS = read_assets()
FOLDER = Path(gateway.console.__file__).parent


def test_every_file_that_the_base_page_names_is_there() -> None:
    named = re.findall(r"\{\{ frame\.assets \}\}/([\w./-]+)", (FOLDER / "templates/base.html").read_text("utf-8"))
    assert {"base.css", "console.js", "vendor/htmx.min.js"} <= set(named)
    assert set(named) <= set(ASSETS.by_name)


def test_every_module_that_a_script_imports_is_there() -> None:
    for name, asset in ASSETS.by_name.items():
        if name.endswith(".js") and "/" not in name:
            imported = re.findall(rb'from "\./([\w.-]+)"', asset.content)
            assert {one.decode() for one in imported} <= set(ASSETS.by_name), name


def test_what_is_no_asset_is_not_served() -> None:
    digest = ASSETS.digest
    for name in ("", "..", "../templates/base.html", "/etc/passwd", "vendor", "vendor/vendored.json", "base.css/"):
        assert ASSETS.get(digest, name) is None
    assert ASSETS.get("000000000000", "base.css") is None
    assert ASSETS.get(digest, "base.css") is not None


def test_types_are_exact_since_nothing_is_sniffed() -> None:
    assert ASSETS.by_name["console.js"].media_type.startswith("text/javascript")
    assert ASSETS.by_name["base.css"].media_type.startswith("text/css")
    assert ASSETS.by_name["favicon.svg"].media_type == "image/svg+xml"


def test_own_scripts_and_styles_keep_within_the_policy() -> None:
    """Case 168: nothing is evaluated, nothing is asked of another host, no markup is made of text."""
    for name, asset in ASSETS.by_name.items():
        if name.startswith("vendor/"):
            continue
        text = asset.content.decode()
        assert not re.search(r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write", text), (
            name
        )
        assert not re.search(r"(?:https?:)?//[a-z]", re.sub(r'xmlns="[^"]+"', "", text)), name
        assert "@import" not in text


def test_prefix_names_the_hash() -> None:
    assert Assets({}, "abc").prefix == "/static/abc"
