"""The map on disk: its schema, loading with positions, editing in place, watching, and writing it from a Flask app."""
