"""The staff directory's FastAPI rewrite: a first part of it, on the same database as the Flask application."""
