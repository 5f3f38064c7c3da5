"""The console port: health, readiness and metrics, on a thread of its own."""
