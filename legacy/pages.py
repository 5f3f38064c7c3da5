"""The pages that people see."""

import os

from flask import (
    Blueprint,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    send_from_directory,
    session,
    url_for,
)

from legacy.accounts.forms import LogoutForm
from legacy.accounts.pages import local_target
from legacy.content import articles
from legacy.employees import queries
from legacy.extensions import db

bp = Blueprint("pages", __name__)

PEOPLE_PER_PAGE = 20
ARTICLES_PER_PAGE = 12
RECENT_PEOPLE = 5
YEAR = 365 * 24 * 3600


@bp.app_context_processor
def inject_common():
    theme = request.cookies.get("theme", "light")
    return {"theme": theme if theme in ("light", "dark") else "light", "logout_form": LogoutForm}


@bp.app_template_filter("day")
def format_day(value):
    return value.strftime("%d %B %Y").lstrip("0")


@bp.app_template_filter("money")
def format_money(value):
    return f"{value:,.2f} €"


@bp.get("/")
def home():
    latest, _hit = articles.list_articles("", 4, 0)
    return render_template("home.html", departments=queries.departments(), news=latest["items"])


@bp.get("/about/")
def about():
    return render_template("about.html")


@bp.get("/directory/", defaults={"page": 1})
@bp.get("/directory/page/<int:page>")
def directory(page):
    department = request.args.get("department") or None
    people = db.paginate(queries.listing(department), page=page, per_page=PEOPLE_PER_PAGE)
    return render_template("directory.html", people=people, department=department, departments=queries.departments())


@bp.get("/people/<slug>")
def person(slug):
    employee = queries.by_slug(slug)
    recent = [slug, *(other for other in session.get("recent", []) if other != slug)]
    session["recent"] = recent[:RECENT_PEOPLE]
    return render_template("person.html", person=employee, recent=recent[1:RECENT_PEOPLE])


@bp.get("/news/")
def news():
    start = max(request.args.get("start", 0, type=int), 0)
    category = request.args.get("category", "")
    answer, _hit = articles.list_articles(category, ARTICLES_PER_PAGE, start)
    following = start + ARTICLES_PER_PAGE if start + ARTICLES_PER_PAGE < answer["total"] else None
    return render_template(
        "news.html", news=answer["items"], total=answer["total"], category=category, following=following
    )


@bp.get("/news/<slug>")
def article(slug):
    found, _hit = articles.get_article(slug)
    if found is None:
        abort(404, "There is no such article.")
    return render_template("article.html", article=found)


@bp.get("/theme/<any(light, dark):name>")
def theme(name):
    response = redirect(local_target(request.args.get("next")) or url_for("pages.home"))
    response.set_cookie("theme", name, max_age=YEAR, samesite="Lax")
    return response


@bp.get("/staff")
@bp.get("/staff/<path:rest>")
def moved(rest=None):
    """The intranet's addresses of before 2019 are still in people's bookmarks."""
    return redirect(url_for("pages.directory"), code=301)


@bp.get("/robots.txt")
def robots():
    return current_app.response_class("User-agent: *\nDisallow: /\n", mimetype="text/plain")


@bp.get("/favicon.ico")
def favicon():
    folder = os.path.join(current_app.root_path, "static")
    return send_from_directory(folder, "favicon.svg", mimetype="image/svg+xml", max_age=86_400)


@bp.get("/debug/error")
@bp.get("/api/debug/error", endpoint="api_error")
def error():
    raise RuntimeError("This error is raised on purpose, to see that alerts arrive.")
