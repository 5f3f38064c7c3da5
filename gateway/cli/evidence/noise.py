"""What a gateway has learned of noise: the places at which legacy, asked the same twice, differs from itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from gateway.cli.render import Output
from gateway.evidence.store import EvidenceStore
from gateway.parity.noise import NoiseBook, proposals


def read_noise(store: EvidenceStore, route_ids: Iterable[str]) -> dict[str, NoiseBook]:
    """Route id -> what was learned of it; only those of which something was. Another release's is left out."""
    books: dict[str, NoiseBook] = {}
    for route_id in route_ids:
        learned = store.noise(route_id)
        if learned is not None:
            with suppress(ValueError):
                books[route_id] = NoiseBook.from_json(learned)
    return books


def show_noise(books: Mapping[str, NoiseBook], output: Output) -> None:
    """Each noisy place, as the rule that a person may accept into the map."""
    for route_id, book in books.items():
        rules = proposals(book)
        if rules:
            output.data(f"{route_id}: noise, where legacy differs from itself; v2 is held to type and format there")
        for rule in rules:
            output.data(f"  {rule}")


def noise_documents(books: Mapping[str, NoiseBook]) -> list[dict[str, Any]]:
    """Each noisy place for machines; `rate` is the share of samples in which legacy differed, `rule` a line of YAML."""
    return [
        {
            "route": route_id,
            "location": f"{place.part} {place.wildcard}",
            "rate": book.rate(place),
            "samples": book.samples,
            "rule": rule,
        }
        for route_id, book in books.items()
        for place, rule in zip(book.noisy, proposals(book), strict=True)
    ]
