"""Samples as documents and blobs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gateway.evidence.sample import Body, SampledResponse, read_sample
from tests.support.records import a_sample


def test_a_sample_survives_its_document() -> None:
    sample = a_sample()
    assert read_sample(sample.document(), sample.bodies) == sample


def test_a_document_carries_no_content() -> None:
    """Case 150: bodies are blobs beside it, with length, hash and whether they were cut."""
    sample = replace(a_sample(), legacy=SampledResponse(200, (), Body(b"the content", 999, "beef", truncated=True)))
    assert "the content" not in sample.document()
    body = json.loads(sample.document())["legacy"]["body"]
    assert (body["length"], body["digest"], body["truncated"]) == (999, "beef", True)


@pytest.mark.parametrize("document", ["", "[]", "{}", '{"request": 1}', "null"])
def test_what_is_no_sample_is_a_value_error(document: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_sample(document, (None, None, None))


def test_the_size_covers_what_is_large() -> None:
    assert a_sample(size=10_000).size > 10_000
