"""A reviewer's decision on one record: confirm, return with a question, void with a reason."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from server.accounts.auth import signed_in
from server.db import begin_write, db
from server.inspections.review import Review, review_inspection
from server.web import now_ms

bp = Blueprint("review", __name__)
CRITICAL = "critical/"


@bp.post("/inspections/<uuid:record>/review")
def review(record: Any) -> Response:
    """Make the move that the form names."""
    user = signed_in()
    wanted = Review(
        move=request.form.get("move", ""),
        note=request.form.get("note", ""),
        seen=request.form.get("seen"),
        criticals={
            name.removeprefix(CRITICAL): source
            for name, source in request.form.items()
            if name.startswith(CRITICAL) and source
        },
    )
    begin_write(db.session)
    row = review_inspection(db.session, user, str(record), wanted, now_ms())
    done = f"inspections.done_{row.status}"
    db.session.commit()
    flash(done)
    return redirect(url_for("inspection_pages.show", record=record), 303)
