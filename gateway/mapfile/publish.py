"""The JSON Schema that editors read: `python -m gateway.mapfile.publish` writes `migration_map.schema.json`.

A test keeps the file equal to the models. What only the loader can tell (duplicate ids, JSON paths) is not in it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gateway.mapfile.schema import Document

SCHEMA_FILE = Path(__file__).with_name("migration_map.schema.json")


def json_schema() -> str:
    """The text of the schema."""
    schema = _tidied(Document.model_json_schema())
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=2) + "\n"


def _tidied(node: Any) -> Any:
    """Without what only confuses: generated titles, and null, which the map has no way to write."""
    if isinstance(node, list):
        return [_tidied(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        name: {key: _tidied(value) for key, value in part.items()} if name in {"properties", "$defs"} else _tidied(part)
        for name, part in node.items()
        if not (name == "title" and isinstance(part, str)) and not (name == "default" and part in (None, [], {}))
    }
    options: list[Any] = [option for option in kept.get("anyOf", []) if option != {"type": "null"}]
    if len(options) == 1:
        del kept["anyOf"]
        return options[0] | kept
    return {**kept, "anyOf": options} if options else kept


if __name__ == "__main__":
    SCHEMA_FILE.write_text(json_schema(), encoding="utf-8")
