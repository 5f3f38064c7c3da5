"""Secrets that are planted to be looked for: each is new, and all of them can be found again, however encoded."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import random
import re
import zlib
from dataclasses import dataclass, field

from gateway.evidence.plain import luhn

MARK = "zQxJkVw"
"""Every secret of letters begins with it, so that one search finds the encoded forms of all."""
_SHORTEST = 7


@dataclass
class Planted:
    """Makes secrets, and keeps them."""

    numbers: random.Random
    found: list[str] = field(default_factory=list)

    def word(self) -> str:
        """A password, a key, a token: nothing says by its looks that it is one."""
        return self._keep(f"{MARK}{self.numbers.getrandbits(64):016x}")

    def address(self) -> str:
        """An address of e-mail."""
        return self._keep(f"{MARK}{self.numbers.getrandbits(40):010x}") + "@example.com"

    def token(self) -> str:
        """A JSON Web Token, whose payload and signature are secret."""
        parts = [json.dumps({"alg": "HS256"}), json.dumps({"sub": self.word()}), self.word()]
        return ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts)

    def card(self) -> str:
        """The number of a card, with its check digit."""
        front = "4" + "".join(str(self.numbers.randrange(10)) for _ in range(14))
        return self._keep(next(front + last for last in "0123456789" if luhn(front + last)))

    def _keep(self, secret: str) -> str:
        self.found.append(secret)
        return secret

    def leaks(self, content: bytes) -> set[bytes]:
        """Which of them `content` holds: as they are, percent-encoded, in hex, in base64, also inside gzip."""
        needles = {secret.encode() for secret in self.found} | set(encoded(MARK))
        for number in (secret for secret in self.found if secret.isdigit()):
            needles |= {*encoded(number), " ".join(number[at : at + 4] for at in range(0, 16, 4)).encode()}
        found = {needle for text in (content, *unpacked(content)) for needle in needles if needle in text}
        # The random part alone, whatever was cut from its front
        tails = {secret.encode()[len(MARK) :] for secret in self.found if secret.startswith(MARK)}
        return found | (tails & set(re.findall(rb"[0-9a-f]{16}|[0-9a-f]{10}", content)))


def encoded(text: str) -> list[bytes]:
    """The forms in which a text may hide. In base64 it has three, by where it begins."""
    raw = text.encode()
    forms = [raw, raw.hex().encode(), raw.hex().upper().encode(), "".join(f"%{byte:02X}" for byte in raw).encode()]
    for before in range(3):
        # What depends on the neighbours is cut off at both ends.
        middle = base64.b64encode(b"\x00" * before + raw)[(0, 2, 3)[before] :].rstrip(b"=")
        cut = middle[: len(middle) - 1 if (before + len(raw)) % 3 else None]
        forms += [cut, cut.translate(bytes.maketrans(b"+/", b"-_"))]
    return [form for form in forms if len(form) >= _SHORTEST]


def unpacked(content: bytes) -> list[bytes]:
    """Whatever in `content` is a stream of gzip or zlib."""
    texts = []
    for found in re.finditer(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]", content):
        with contextlib.suppress(zlib.error):
            texts.append(zlib.decompressobj(wbits=47).decompress(content[found.start() :], 10**6))
    return texts


def packed(text: str) -> bytes:
    """For a request or an answer that is compressed."""
    return gzip.compress(text.encode())
