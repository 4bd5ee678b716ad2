"""Sign-in and sign-out of the office, and the language of its pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from flask_login import current_user, login_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from server.accounts.auth import PLACE, let_in, let_out, signed_in
from server.accounts.limits import SIGN_IN, count_try
from server.accounts.models import Company
from server.accounts.signed_in import list_places
from server.accounts.store import check_password, read_user_by_name
from server.db import db
from server.web import now_ms, wiring
from server.words import choose_language

bp = Blueprint("accounts", __name__, url_prefix="/office")
HOME = "inspection_pages.index"
YEAR_SECONDS = 365 * 24 * 3600
MAX_NAME = 64
MAX_SECRET = 200


@bp.get("/sign-in")
def sign_in() -> Response | str:
    """The form that lets a person in."""
    if current_user.is_authenticated:
        return redirect(url_for(HOME))
    return _render_form()


@bp.post("/sign-in")
def check_secret() -> Response | tuple[str, int]:
    """Let the person in when name and secret belong together; say no more than that if not."""
    forgive = count_try("sign-in", SIGN_IN)
    name, secret = request.form.get("name", "").strip(), request.form.get("secret", "")
    company = _wanted_company()
    user = read_user_by_name(db.session, company, name[:MAX_NAME]) if company else None
    fits = check_password(user, secret[:MAX_SECRET])  # takes as long when there is no such user
    if user is None or not fits:
        return _render_form(failed=True), 401
    forgive()
    let_in(user)
    return redirect(safe_next(request.form.get("next")), 303)


@bp.post("/sign-out")
def sign_out() -> Response:
    """End this browser's sign-in; with ``everywhere``, all of this person's."""
    let_out(everywhere=bool(request.form.get("everywhere")))
    return redirect(url_for("accounts.sign_in"), 303)


@bp.get("/sign-ins")
@login_required
def list_sign_ins() -> str:
    """Where this person is signed in, and the button that ends all of it."""
    places = list_places(db.session, signed_in(), str(session.get(PLACE)), now_ms())
    return render_template("accounts/sign_ins.html", places=places)


@bp.post("/language")
def choose() -> Response:
    """Show every page in the chosen language from now on."""
    reply = make_response(redirect(safe_next(request.form.get("next")), 303))
    reply.set_cookie(
        "lang",
        choose_language(request.form.get("lang")),
        max_age=YEAR_SECONDS,
        secure=wiring().settings.cookie_secure,
        httponly=True,
        samesite="Lax",
    )
    return reply


def _render_form(failed: bool = False) -> str:
    companies = list(db.session.scalars(select(Company).order_by(Company.name)))
    return render_template(
        "accounts/sign_in.html",
        companies=companies,
        failed=failed,
        name=request.form.get("name", ""),
        next_url=request.values.get("next", ""),
        wanted=request.form.get("company", ""),
    )


def _wanted_company() -> str | None:
    """The chosen company, or the only one there is."""
    ids = list(db.session.scalars(select(Company.id).limit(2)))
    return ids[0] if len(ids) == 1 else request.form.get("company")


def safe_next(wanted: str | None) -> str:
    """Where to go after a form: a path inside the office, else its first page."""
    try:
        parts = urlsplit(wanted or "")
    except ValueError:
        return url_for(HOME)
    inside = not parts.scheme and not parts.netloc and parts.path.startswith("/office")
    plain = not any(mark in (wanted or "") for mark in ("\\", "\r", "\n", "\t"))
    return (wanted or "") if inside and plain else url_for(HOME)
