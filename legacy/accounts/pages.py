from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_login import current_user, fresh_login_required, login_fresh, login_required, login_user, logout_user

from legacy.accounts.forms import AccountForm, LoginForm, LogoutForm
from legacy.clock import utcnow
from legacy.extensions import db
from legacy.models import User

bp = Blueprint("accounts", __name__)


@bp.route("/login", methods=["GET", "POST"])
def login():
    form = LoginForm()
    status = 200
    if form.validate_on_submit():
        user = User.authenticate(form.email.data, form.password.data)
        if user is not None:
            login_user(user, remember=form.remember.data)
            session["since"] = utcnow().replace(microsecond=0)
            flash(f"Welcome back, {user.name}.", "success")
            return redirect(local_target(request.args.get("next")) or url_for("accounts.account"))
        form.password.errors = ["The e-mail address or the password is wrong."]
        status = 401
    elif form.is_submitted():
        status = 400
    return render_template("login.html", form=form), status


@bp.post("/logout")
def logout():
    if LogoutForm().validate_on_submit():
        logout_user()
        session.pop("since", None)
        flash("You are logged out.", "info")
    return redirect(url_for("pages.home"))


@bp.route("/account", methods=["GET", "POST"])
@login_required
def account():
    form = AccountForm(obj=current_user)
    if form.validate_on_submit():
        current_user.name = form.name.data
        db.session.commit()
        flash("Your account is saved.", "success")
        return redirect(url_for("accounts.account"))
    return render_template("account.html", form=form), 400 if form.is_submitted() else 200


@bp.get("/account/security")
@fresh_login_required
def security():
    return render_template("security.html")


@bp.get("/whoami")
def whoami():
    """Tell who the session belongs to."""
    if not current_user.is_authenticated:
        abort(401, "Nobody is logged in.")
    return {
        "authenticated": True,
        "email": current_user.email,
        "name": current_user.name,
        "role": current_user.role,
        "fresh": login_fresh(),
        "recent": session.get("recent", []),
        "since": session.get("since"),
    }


def local_target(target):
    """`target` if it is a path of this site: no other site may send people away from here."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target
