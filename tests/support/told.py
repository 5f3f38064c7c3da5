"""What was told of events: a `Notice` that keeps them."""

from __future__ import annotations


class Told(list[tuple[str, str]]):
    """The events so far: name and sentence."""

    def __call__(self, name: str, message: str) -> None:
        self.append((name, message))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self]
