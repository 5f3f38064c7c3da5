"""An incremental Flask-to-FastAPI migration gateway. Importing this package does nothing."""
