"""One mismatch for people: both answers side by side, and the request as a curl command."""
