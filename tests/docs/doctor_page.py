"""Writes the table of docs/doctor.md from the catalogue of the doctor's checks. Run by `make format`."""

from __future__ import annotations

from pathlib import Path

from gateway.doctor.checks import catalogue

PAGE = Path(__file__).resolve().parents[2] / "docs" / "doctor.md"
BEGIN, END = "<!-- checks: written by tests/docs/doctor_page.py -->", "<!-- end of checks -->"


def table() -> str:
    """The checks, a line each."""
    lines = ["| id | severity | what | fix | trap |", "|---|---|---|---|---|"]
    for check in catalogue().values():
        fix = check.fix.replace("|", "\\|")
        lines.append(
            f"| `{check.id}` | {check.severity} | {check.what.replace('|', chr(92) + '|')} | {fix} | {check.trap} |"
        )
    return "\n".join(lines)


def page(text: str) -> str:
    """The page with its table as it should be."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
