"""Content encodings, undone within bounds."""

from __future__ import annotations

import gzip
import zlib

import pytest

from gateway.evidence.inflate import NotInflated, inflate

TEXT = b"hello " * 100


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT, mtime=0)),
        ("X-GZIP", gzip.compress(TEXT, mtime=0)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)[2:-4]),
        ("gzip, deflate", zlib.compress(gzip.compress(TEXT, mtime=0))),
    ],
)
def test_what_was_encoded_is_decoded(coding: str, body: bytes) -> None:
    assert inflate(body, coding, 1000) == TEXT


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("br", TEXT),
        ("gzip", TEXT),
        ("gzip", gzip.compress(TEXT, mtime=0)[:-9]),
        ("gzip", gzip.compress(TEXT, mtime=0) + b"more"),
        ("gzip", gzip.compress(bytes(10_000_000), mtime=0)),
        ("gzip,gzip,gzip,gzip", TEXT),
    ],
)
def test_what_cannot_be_decoded_within_bounds_is_refused(coding: str, body: bytes) -> None:
    with pytest.raises(NotInflated):
        inflate(body, coding, 1000)
