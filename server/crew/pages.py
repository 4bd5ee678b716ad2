"""Crew in the office: the list, and one file per person (一人一档)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.accounts.guard import FILES, guard, own_company, signed_in_with
from server.crew import store
from server.db import db
from server.fleet.merges import CREW, list_merged, read_survivor
from server.inspections.chart import draw_chart
from server.inspections.names import list_stations
from server.inspections.paging import here, next_page
from server.inspections.timeline import tell_story

bp = Blueprint("crew_pages", __name__, url_prefix="/office")
guard(bp)
PAGE = 50
CHAPTERS = 20
MAX_TEXT = 40


@bp.get("/crew")
def index() -> str:
    """Drivers and conductors in order of staff number."""
    user = signed_in_with(*FILES)
    text = request.args.get("q", "").strip()[:MAX_TEXT]
    page = store.list_crew(db.session, user, text, request.args.get("after"), PAGE)
    return render_template(
        "crew/list.html",
        page=page,
        text=text,
        stations={row.id: row for row in list_stations(db.session, user.company)},
        next_url=next_page(page.after, q=text),
        first_url=here(q=text),
    )


@bp.get("/crew/<uuid:member>")
def show(member: Any) -> str | Response:
    """One person's file: card, own scores, open problems, what happened."""
    user = signed_in_with(*FILES)
    row = store.read_member(db.session, user, str(member))
    into = read_survivor(db.session, user.company, CREW, row.id)
    if into != row.id:
        return redirect(url_for("crew_pages.show", member=into))
    after = request.args.get("after")
    file = store.read_crew_file(db.session, user, row, after, CHAPTERS)
    return render_template(
        "crew/file.html",
        member=row,
        file=file,
        story=tell_story(db.session, user.company, file, (row.duty,)),
        chart=draw_chart(file.scores, own_company().timezone),
        older_url=next_page(file.page.after),
        first_url=here() if after else None,
        merged=list_merged(db.session, user.company, CREW, row.id),
    )
