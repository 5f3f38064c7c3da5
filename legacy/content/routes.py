from flask import Blueprint, abort, current_app, jsonify, request
from werkzeug.exceptions import ServiceUnavailable

from legacy.content import articles, partner
from legacy.extensions import csrf

bp = Blueprint("content", __name__)

LARGEST_START = 1_000_000


@bp.get("/articles")
def index():
    """List articles, the latest first."""
    category = request.args.get("category", "")
    limit = min(max(request.args.get("limit", 10, type=int), 1), 100)
    start = min(max(request.args.get("start", 0, type=int), 0), LARGEST_START)
    answer, hit = articles.list_articles(category, limit, start)
    return _with_cache_header(jsonify(**answer, limit=limit, start=start), hit)


@bp.get("/articles/<slug>")
def show(slug):
    """Show an article with its body."""
    article, hit = articles.get_article(slug)
    if article is None:
        abort(404, f"There is no article {slug!r}.")
    return _with_cache_header(jsonify(article), hit)


@bp.get("/aggregate")
def aggregate():
    """Show the day in a city: weather, exchange rates, holidays."""
    url = current_app.config["PARTNER_URL"]
    if not url:
        raise ServiceUnavailable("No partner is configured (PARTNER_URL).", retry_after=300)
    city = request.args.get("city", "Berlin")
    return partner.aggregate(url, city, current_app.config["PARTNER_TIMEOUT"])


@bp.post("/webhooks/strapi")
@csrf.exempt
def strapi():
    """Learn from the CMS that an entry has changed."""
    if not articles.is_signed(request.get_data(), request.headers.get("X-Strapi-Signature", "")):
        abort(401, "The signature is missing or wrong.")
    event = request.get_json(force=True)
    if not isinstance(event, dict) or not isinstance(event.get("entry"), dict) or "event" not in event:
        abort(400, "An event has a name, a model and an entry.")
    return {"invalidated": articles.invalidate(event)}


def _with_cache_header(response, hit):
    response.headers["X-Cache"] = "hit" if hit else "miss"
    return response
