"""Edits that the server refused and kept: why, what was in them, when they came."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from server.accounts.auth import signed_in
from server.db import db
from server.inspections.paging import here, next_page
from server.inspections.quarantine import list_refusals

bp = Blueprint("quarantine", __name__)
PAGE = 30


@bp.get("/quarantine")
def index() -> str:
    """Refusals, newest first."""
    user = signed_in("review")
    page = list_refusals(db.session, user, request.args.get("after"), PAGE)
    return render_template(
        "inspections/quarantine.html",
        page=page,
        next_url=next_page(page.after),
        first_url=here(),
    )
