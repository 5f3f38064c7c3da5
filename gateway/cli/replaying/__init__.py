"""A recording of requests, asked of both sides without servers."""
