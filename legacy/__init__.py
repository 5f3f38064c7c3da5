"""The staff directory and content site of a mid-sized company: a Flask application in production since 2019."""
