"""Metrics and logs: what happened, for machines and for people. Nothing here can delay or fail a request."""
