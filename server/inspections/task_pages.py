"""What waits for a reviewer's word, oldest first, and the word itself."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.accounts.auth import signed_in
from server.db import begin_write, db
from server.inspections.damage import list_damaged_records
from server.inspections.matching import read_typed
from server.inspections.names import read_names
from server.inspections.paging import here, next_page
from server.inspections.settling import settle_dispute
from server.inspections.tasks import count_open_refusals, list_tasks
from server.problems import Problem
from server.web import now_ms

bp = Blueprint("tasks", __name__)
PAGE = 30


@bp.get("/tasks")
def index() -> str:
    """Records on which two people disagree, or to which something came too late."""
    user = signed_in("review")
    page = list_tasks(db.session, user, request.args.get("after"), PAGE)
    damaged = list_damaged_records(db.session, user)
    rows = [task.row for task in page.tasks] + [row for row, _ in damaged]
    return render_template(
        "inspections/tasks.html",
        page=page,
        names=read_names(db.session, user.company, rows),
        damaged=damaged,
        typed={row.id: read_typed(row) for row in rows},
        refusals=count_open_refusals(db.session, user.company),
        next_url=next_page(page.after),
        first_url=here(),
    )


@bp.post("/inspections/<uuid:record>/settle")
def settle(record: Any) -> Response:
    """Say which of a field's values is right."""
    user = signed_in("review")
    field, seq = request.form.get("field", ""), request.form.get("seq", "")
    if not seq.isdecimal() or not seq.isascii() or len(seq) > 15:
        raise Problem("field_malformed", "seq")
    begin_write(db.session)
    chosen, seen = (field, int(seq)), request.form.get("seen")
    settle_dispute(db.session, user, str(record), chosen, seen, now_ms())
    db.session.commit()
    flash("inspections.done_settled")
    return redirect(url_for("inspection_pages.show", record=record, _anchor="conflicts-title"), 303)
