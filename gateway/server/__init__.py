"""Listening: the HTTP server, the worker processes and the signals."""
