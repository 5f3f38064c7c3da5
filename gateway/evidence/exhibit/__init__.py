"""A mismatch as people are shown it, wherever they look: both answers side by side, the request as a command. Pure."""
