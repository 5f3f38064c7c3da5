"""What docs/monitoring.md says of each alert, made of deploy/prometheus/alerts.yml: run this file to write it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.promql import PROMETHEUS, read_yaml

PAGE = Path(__file__).resolve().parents[2] / "docs/monitoring.md"
MARK = "<!-- From here on the page is written by `make format`, from deploy/prometheus/alerts.yml. -->\n"
GROUPS = {
    "gateway-process": "The process",
    "gateway-clients": "What clients get",
    "gateway-bridge": "The bridge to Flask",
    "gateway-parity": "Parity",
    "gateway-shadow": "Shadows and evidence",
    "gateway-map": "The map",
}
WORDS = {
    "route": "ROUTE",
    "instance": "the gateway",
    "loop": "the application",
    "side": "one side",
    "rule": "its kind",
    "use": "its use",
}


def plain(text: str) -> str:
    """An annotation without its placeholders: `{{ $labels.route }}` becomes ROUTE."""
    text = re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda match: WORDS[match[1]], text)
    text = re.sub(r"\{\{ \$value[^}]*\}\}", "N", text)
    return text[0].upper() + text[1:] if text.startswith("the ") else text


def written() -> str:
    """The part of the page below the mark."""
    groups = {group["name"]: group["rules"] for group in read_yaml(PROMETHEUS / "alerts.yml")["groups"]}
    parts = ["\n| alert | severity | says |\n|---|---|---|\n"]
    for rules in groups.values():
        for rule in rules:
            name, notes = rule["alert"], rule["annotations"]
            link = f"[{name}](#{name.lower()})"
            parts.append(f"| {link} | {rule['labels']['severity']} | {plain(notes['summary'])} |\n")
    for group, rules in groups.items():
        parts.append(f"\n## {GROUPS[group]}\n")
        for rule in rules:
            notes = rule["annotations"]
            since = f", after {rule['for']}" if "for" in rule else ", at once"
            parts.append(f"\n### {rule['alert']}\n\nSeverity **{rule['labels']['severity']}**{since}. ")
            parts.append(f"{plain(notes['description'])}\n\nWhat to do: {plain(notes['runbook'])}\n")
    return "".join(parts)


def page() -> str:
    """The text of docs/monitoring.md: what people wrote, and what is made of the alerts."""
    return PAGE.read_text(encoding="utf-8").partition(MARK)[0] + MARK + written()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
