"""What is published of the format: the JSON Schema for editors, and the reference for people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from gateway.mapfile.publish import SCHEMA_FILE, json_schema
from gateway.mapfile.write import MODELINE
from tests.support.maps import A_MAP

ROOT = Path(__file__).resolve().parents[3]


def keys(node: Any) -> Iterator[str]:
    """Every key that a block of the schema has."""
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for part in node.values():
            yield from keys(part)
    elif isinstance(node, list):
        for part in node:
            yield from keys(part)


def as_an_editor_reads(text: str) -> Any:
    """YAML 1.2; a date is text in JSON."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=str))


def test_the_schema_in_the_package_is_that_of_the_models():
    assert SCHEMA_FILE.read_text(encoding="utf-8") == json_schema(), "run: python -m gateway.mapfile.publish"


def test_the_modeline_names_the_schema():
    assert MODELINE.rpartition("=")[2] == str(SCHEMA_FILE.relative_to(ROOT))


def test_every_key_of_the_schema_is_in_the_reference():
    text = (ROOT / "docs/map.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"(?m)^\| `(\w+)` \|", text))
    assert documented == set(keys(json.loads(json_schema())))


def test_every_key_says_what_it_means():
    schema = json.loads(json_schema())
    for block in [schema, *schema["$defs"].values()]:
        for key, value in block.get("properties", {}).items():
            assert value.get("description"), key


def test_an_editor_accepts_what_the_loader_accepts():
    schema = json.loads(json_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(as_an_editor_reads(A_MAP), schema)


RULES = """\
unordered: [$.a, {at: $.b, by: id, reason: x, expires: 2099-01-01}]
tolerance: [{at: $.a, within: 0.1, reason: x, expires: 2099-01-01}]
headers: {Vary: tokens, Link: {how: exact, reason: x, expires: 2099-01-01}}
html: [csrf, {without: nonce, reason: x, expires: 2099-01-01}]
"""


def test_an_editor_accepts_the_short_and_the_long_form_of_every_rule():
    schema = json.loads(json_schema())
    compare = jsonschema.Draft202012Validator({"$ref": "#/$defs/Compare", "$defs": schema["$defs"]})
    assert list(compare.iter_errors(as_an_editor_reads(RULES))) == []
    for old, new in (("$.a", "a"), ("tokens", "tokns"), ("how", "hwo"), ("csrf", "scrf"), ("2099-01-01", "soon")):
        assert list(compare.iter_errors(as_an_editor_reads(RULES.replace(old, new)))), new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mode: shadow", "mode: shadw"),
        ("mode: shadow", "mdoe: shadow"),
        ("timeout: 30s", "timeout: 30"),
        ("sample: 5%", "sample: 5"),
        ("percent: 10", "percent: 101"),
        ('sticky: "cookie:session"', "sticky: cookie"),
        ("methods: [GET]  ", "methods: [get]  "),
        ("id: articles", "id: __default__"),
        ('reason: "clock", ', ""),
        ("threads: 40", 'threads: 40, asgi: "a:b"'),
        ("[exception, timeout, 5xx]", "[exceptions]"),
        ("version: 1", "version: 2"),
    ],
)
def test_an_editor_refuses_what_the_loader_refuses(old, new):
    assert old in A_MAP
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(as_an_editor_reads(A_MAP.replace(old, new)), json.loads(json_schema()))
