"""One mismatch for machines."""
