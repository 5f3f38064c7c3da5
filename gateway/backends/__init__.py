"""ASGI applications that answer for a side: Flask through the bridge, FastAPI on its own loop, a remote server."""
