"""`make vendor`: bring what the console's pages use from npm into the tree, and write down what came.

`gateway/console/static/vendor/vendored.json` names each package, its exact version, its licence, npm's own checksum of
the tarball and the SHA-256 of each file that was taken out of it. `test_vendored.py` holds the tree to it, offline.
To move to another version, change it there and run `make vendor`; npm's checksum and the hashes are written anew.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import tempfile
from pathlib import Path
from subprocess import run
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "gateway/console/static/vendor"
RECORD = FOLDER / "vendored.json"


def read_record() -> list[dict[str, Any]]:
    """`[{"package", "version", "licence", "integrity", "files": {our name: {"from": path, "sha256": hex}}}]`."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def fetch(package: str, version: str) -> bytes:
    """The package's tarball, by npm itself."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--pack-destination", folder, f"{package}@{version}"]
        run(command, check=True, cwd=folder, capture_output=True)
        return next(Path(folder).glob("*.tgz")).read_bytes()


def unpack(entry: dict[str, Any]) -> None:
    """Write an entry's files, and put into the entry what was found."""
    tarball = fetch(entry["package"], entry["version"])
    entry["integrity"] = "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        for name, file in entry["files"].items():
            member = archive.extractfile(f"package/{file['from']}")
            if member is None:
                raise SystemExit(f"{entry['package']} {entry['version']} has no {file['from']}")
            content = member.read()
            (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
            (FOLDER / name).write_bytes(content)
            file["sha256"] = sha256(content)


def main() -> None:
    record = read_record()
    for entry in record:
        unpack(entry)
        print(f"{entry['package']} {entry['version']}")
    RECORD.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
