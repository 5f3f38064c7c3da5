"""How many examples a property is tried with: few on an ordinary day, many in `make soak`."""

from __future__ import annotations

import os


def examples(number: int) -> int:
    """`number`, and twenty times as many with `THOROUGH=1`. Each run draws others, so every day adds to the last."""
    return 20 * number if os.environ.get("THOROUGH") == "1" else number
