"""The versions that the gateway was built for. Below a floor, known defects come back."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version

from gateway.doctor.finding import Finding, error, warning

FLOORS: Mapping[str, str] = {
    "flask": "2.3",
    "werkzeug": "3.0",
    "a2wsgi": "1.10.10",
    "fastapi": "0.132",
    "starlette": "1.3.0",
    "uvicorn": "0.40",
}
"""Without these at these versions the gateway's promises do not hold."""

OPTIONAL_FLOORS: Mapping[str, str] = {"h11": "0.16", "gunicorn": "22.0"}
"""Only if they are installed: older ones accept ambiguous HTTP messages."""

PYTHON_FLOOR = "3.11"


def installed() -> dict[str, str]:
    """The versions of what is installed, Python's first."""
    found = {"python": platform.python_version()}
    for name in (*FLOORS, *OPTIONAL_FLOORS):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def check_versions(found: Mapping[str, str]) -> Iterator[Finding]:
    """Everything in `found` that is below its floor, and everything required that is absent."""
    if _older(found["python"], PYTHON_FLOOR):
        yield error(
            "version.python",
            f"Python is {found['python']}; the gateway needs {PYTHON_FLOOR} or newer",
            "run the legacy application where it is and name it as backends.legacy.url",
        )
    for name, floor in FLOORS.items():
        if name not in found:
            yield error(f"version.{name}", f"{name} is not installed", f'pip install "{name}>={floor}"')
        elif _older(found[name], floor):
            yield error(
                f"version.{name}",
                f"{name} is {found[name]}; the gateway needs {floor} or newer",
                f'pip install "{name}>={floor}"; if the application cannot, run it where it is and name it as '
                "backends.legacy.url",
            )
    for name, floor in OPTIONAL_FLOORS.items():
        if name in found and _older(found[name], floor):
            yield warning(
                f"version.{name}",
                f"{name} is {found[name]}; versions before {floor} accept ambiguous HTTP messages",
                f'pip install "{name}>={floor}"',
            )


def _older(have: str, floor: str) -> bool:
    """Whether one release number comes before another; a pre-release counts as its release."""
    return _release(have) < _release(floor)


def _release(text: str) -> tuple[int, ...]:
    numbers = re.match(r"\d+(?:\.\d+)*", text)
    parts = [int(part) for part in numbers.group().split(".")] if numbers else []
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)
