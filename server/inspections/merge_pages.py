"""Two entries for one bus or person: proposed, compared, merged, and taken apart again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.accounts.auth import signed_in
from server.db import begin_write, db
from server.fleet.merges import KINDS, Kind, read_survivor
from server.inspections.merging import find_likely, merge, read_entry, read_extent, take_apart
from server.inspections.names import list_stations
from server.problems import Problem
from server.web import now_ms

bp = Blueprint("merge", __name__)
MAX_TEXT = 40
FILES = {
    "vehicle": ("vehicle_pages.show", "vehicle"),
    "crew": ("crew_pages.show", "member"),
}


@bp.get("/merge/<what>/<uuid:entry>")
def choose(what: str, entry: Any) -> str | Response:
    """Which other entry is the same: the likeliest, or what is searched for."""
    user, kind = signed_in("match"), _kind(what)
    row = read_entry(db.session, user, kind, str(entry))
    if read_survivor(db.session, user.company, kind, row.id) != row.id:
        return redirect(file_of(what, row.id))
    text = request.args.get("q", "").strip()[:MAX_TEXT]
    return render_template(
        "files/merge_choose.html",
        what=what,
        row=row,
        text=text,
        likely=find_likely(db.session, user.company, kind, row, text),
        back=file_of(what, row.id),
    )


@bp.get("/merge/<what>/<uuid:entry>/<uuid:other>")
def compare(what: str, entry: Any, other: Any) -> str:
    """Both side by side with what their files hold, and which of them shall stay."""
    user, kind = signed_in("match"), _kind(what)
    rows = [read_entry(db.session, user, kind, str(one)) for one in (entry, other)]
    return render_template(
        "files/merge_compare.html",
        what=what,
        rows=rows,
        extents={row.id: read_extent(db.session, user, kind, row.id) for row in rows},
        stations={row.id: row for row in list_stations(db.session, user.company)},
    )


@bp.post("/merge/<what>/<uuid:entry>/<uuid:other>")
def merge_two(what: str, entry: Any, other: Any) -> Response:
    """Merge the one into the one that was chosen to stay."""
    user, kind, pair = signed_in("match"), _kind(what), {str(entry), str(other)}
    keep = request.form.get("keep", "")
    if keep not in pair:
        raise Problem("field_malformed", "keep")
    merged = next(iter(pair - {keep}), keep)
    begin_write(db.session)
    merge(db.session, user, kind, (merged, keep), now_ms())
    db.session.commit()
    flash("files.done_merged")
    return redirect(file_of(what, keep), 303)


@bp.post("/merge/<what>/<uuid:entry>/undo")
def undo(what: str, entry: Any) -> Response:
    """Two entries again."""
    user, kind = signed_in("match"), _kind(what)
    begin_write(db.session)
    take_apart(db.session, user, kind, str(entry), now_ms())
    db.session.commit()
    flash("files.done_unmerged")
    return redirect(file_of(what, str(entry)), 303)


def _kind(what: str) -> Kind:
    if what not in KINDS:
        raise Problem("not_found")
    return KINDS[what]


def file_of(what: str, entry: str) -> str:
    """The address of an entry's file."""
    endpoint, name = FILES[what]
    values: dict[str, Any] = {name: entry}
    return url_for(endpoint, **values)
