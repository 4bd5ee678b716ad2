"""Edits that the server refused and kept: why, what was in them, and what the office says to it."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.accounts.auth import signed_in
from server.accounts.guard import own_company
from server.accounts.models import User
from server.checklists.store import read_checklist
from server.db import begin_write, db
from server.inspections.names import Names, read_names
from server.inspections.paging import here, next_page
from server.inspections.quarantine import list_refusals, parse_key, present_refusal
from server.inspections.reading import read_inspections
from server.inspections.releasing import (
    MAX_NOTE,
    Answer,
    Release,
    answer_refusal,
    read_refusal,
    read_release,
)
from server.inspections.wording import Wording
from server.problems import Problem
from server.web import language, now_ms, wiring

bp = Blueprint("quarantine", __name__)
PAGE = 30
LINKED = ("vehicle", "driver", "conductor")


@bp.get("/quarantine")
def index() -> str:
    """Refusals: those that nobody has answered yet, then the others, newest first."""
    user = signed_in("review")
    page = list_refusals(db.session, user, request.args.get("after"), PAGE, _secret())
    return render_template(
        "inspections/quarantine.html",
        page=page,
        place=_place,
        next_url=next_page(page.after),
        first_url=here(),
    )


@bp.get("/quarantine/<key>")
def show(key: str) -> str:
    """One refusal: what a release would change in the record, and the two answers."""
    user = signed_in("answer_refusals")
    row = read_refusal(db.session, user, *parse_key(key, _secret()))
    release = read_release(db.session, row)
    return render_template(
        "inspections/refusal.html",
        one=present_refusal(db.session, user, row, _secret()),
        place=_place,
        release=release,
        now=_present_values(user, release),
        wording=_wording(user, release),
        most=MAX_NOTE,
    )


@bp.post("/quarantine/<key>")
def answer(key: str) -> Response:
    """Release what fits, or explain why it stays refused."""
    user = signed_in("answer_refusals")
    form = request.form
    wanted = Answer(form.get("state", ""), form.get("note", ""), form.get("seen"))
    begin_write(db.session)
    made = answer_refusal(db.session, user, parse_key(key, _secret()), wanted, now_ms())
    done = f"inspections.done_{made.state}"
    db.session.commit()
    flash(done)
    return redirect(url_for("inspection_pages.quarantine.show", key=key), 303)


def _place(detail: str) -> str:
    """What a refusal names, mostly a field, in words."""
    return Wording(language(), own_company().timezone, Names({}, {}, {}, {})).field(detail)


def _secret() -> str:
    return wiring().settings.secret_key


def _present_values(user: User, release: Release) -> dict[str, Any] | None:
    """What the record says now, where this reader may read it."""
    if not release.row:
        return None
    try:
        [row] = read_inspections(db.session, user, [release.row.id])
    except Problem:
        return None
    return {name: entry["value"] for name, entry in json.loads(row.fields).items()}


def _wording(user: User, release: Release) -> Wording:
    offered = release.fits
    state = json.loads(release.row.fields) if release.row else {}
    values = [offered.get(name) for name in LINKED]
    values += [state[name]["value"] for name in LINKED if name in state]
    named = {one for one in values if isinstance(one, str)}
    rows = [release.row] if release.row else []
    version = offered.get("checklist") or (release.row.checklist if release.row else None)
    checklist = read_checklist(db.session, user.company, version)
    names = read_names(db.session, user.company, rows, named)
    return Wording(language(), own_company().timezone, names, checklist)
