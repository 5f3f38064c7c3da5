"""The staff directory and content site of a mid-sized company: a Flask application in production since 2019."""

__version__ = "4.12.3"
