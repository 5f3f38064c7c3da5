"""What stands in place of a secret: a keyed hash, so that "changed" is seen, and what it was is not."""

from __future__ import annotations

import re
from hashlib import blake2b

_DONE = re.compile(r"«redacted:[0-9a-f]{8}»")


class Marker:
    """Replaces secrets. `key` has at most 64 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __call__(self, secret: str) -> str:
        """`«redacted:hhhhhhhh»`; an empty text and what is redacted already stay as they are."""
        if not secret or _DONE.fullmatch(secret):
            return secret
        hashed = blake2b(secret.encode("utf-8", "surrogatepass"), key=self._key, digest_size=4).hexdigest()
        return f"«redacted:{hashed}»"

    def digest(self, content: bytes) -> str:
        """16 hex digits for bytes that are not kept, or not kept whole."""
        return blake2b(content, key=self._key, digest_size=8).hexdigest()
