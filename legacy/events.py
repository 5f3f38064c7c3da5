"""Server-sent events: the news ticker, and a heartbeat for the dashboards in the hallways."""

import json
import time

from flask import Blueprint, Response, current_app, request

from legacy.content import articles

bp = Blueprint("events", __name__, url_prefix="/events")


@bp.get("")
def latest():
    """The latest articles, oldest first; a client that comes back gets what it has not seen."""
    count = min(max(request.args.get("count", 5, type=int), 1), 50)
    seen = request.headers.get("Last-Event-ID", 0, type=int)
    answer, _hit = articles.list_articles("", count, 0)
    items = [item for item in reversed(answer["items"]) if item["id"] > seen]

    def stream():
        yield "retry: 3000\n\n"
        for item in items:
            yield _event(item["id"], "article", {"title": item["title"], "url": item["url"]})

    return _event_stream(stream())


@bp.get("/live")
def live():
    """A heartbeat, until the client leaves."""
    interval = min(max(request.args.get("interval", 1.0, type=float), 0.05), 30.0)
    logger = current_app.logger

    def stream():
        beat = 0
        try:
            yield "retry: 3000\n\n"
            while True:
                beat += 1
                yield _event(beat, "heartbeat", {"beat": beat})
                time.sleep(interval)
        finally:
            logger.info("a listener left after %d heartbeats", beat)

    return _event_stream(stream())


def _event(number, name, data):
    return f"id: {number}\nevent: {name}\ndata: {json.dumps(data)}\n\n"


def _event_stream(stream):
    response = Response(stream, mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Accel-Buffering"] = "no"
    return response
