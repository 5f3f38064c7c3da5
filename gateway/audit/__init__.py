"""Who changed what, when and why: an append-only log whose lines are chained by their hashes."""
