"""The pages' own files: styles, scripts, a picture. Read once, served from memory by name, and by nothing else.

The path carries a hash over all of them, `/static/<hash>/base.css`, so that a browser may keep what it has for ever and
still gets everything anew with the next release. Files ask for each other by relative paths, and find the same hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
KEPT = "public, max-age=31536000, immutable"
"""Cache-Control of a file under its hash."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Assets:
    """Every file by its path below `static/`, and the hash over all of them."""

    by_name: Mapping[str, Asset]
    digest: str

    @property
    def prefix(self) -> str:
        """Where they are: `/static/<hash>`."""
        return f"/static/{self.digest}"

    def get(self, digest: str, name: str) -> Asset | None:
        """The file, when the hash is ours: an old page's answer must not be kept under a new name."""
        return self.by_name.get(name) if digest == self.digest else None


def read_assets() -> Assets:
    """Every file of the package's `static/` folder that a page may ask for."""
    found = dict(_read(files("gateway.console").joinpath("static"), ""))
    total = sha256()
    for name in sorted(found):
        total.update(name.encode() + b"\0" + found[name].content)
    return Assets(found, total.hexdigest()[:12])


def _read(folder: Traversable, path: str) -> list[tuple[str, Asset]]:
    found = []
    for entry in folder.iterdir():
        name = f"{path}{entry.name}"
        if entry.is_dir():
            found += _read(entry, name + "/")
            continue
        media_type = _TYPES.get("." + entry.name.rpartition(".")[2])
        if media_type is not None:
            found.append((name, Asset(entry.read_bytes(), media_type)))
    return found
