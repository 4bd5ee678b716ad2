"""The office's inspections: the list, one record, and what waits to be matched."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.accounts.guard import RECORDS, guard, own_company, signed_in_with
from server.accounts.models import User
from server.db import db
from server.inspections import (
    match_pages,
    matching,
    merge_pages,
    photo_pages,
    quarantine_pages,
    reading,
    review_pages,
    task_pages,
)
from server.inspections.damage import count_damaged
from server.inspections.disputes import mentioned_links, read_disputes
from server.inspections.history import mentioned_ids, read_record_history
from server.inspections.listing import (
    GRADES,
    QUEUES,
    STATUSES,
    Search,
    count_queues,
    parse_search,
    search_inspections,
)
from server.inspections.merging import read_standing
from server.inspections.models import Inspection
from server.inspections.names import list_routes, list_stations, read_names
from server.inspections.paging import here, next_page
from server.inspections.reading import Filters
from server.inspections.review import MATCHABLE, MOVES, is_own, mark_of, may_move
from server.inspections.rules import CRITICAL_SOURCES, MODES
from server.inspections.settling import may_settle
from server.inspections.view import RecordView, read_record_view
from server.inspections.wording import Wording
from server.web import language

bp = Blueprint("inspection_pages", __name__, url_prefix="/office")
guard(bp)
_PARTS = (review_pages, match_pages, merge_pages, photo_pages, quarantine_pages, task_pages)
for _part in _PARTS:
    bp.register_blueprint(_part.bp)

PAGE = 50


@bp.get("/")
def index() -> str:
    """Inspections, newest first, by what was asked for."""
    user = signed_in_with(*RECORDS)
    search = parse_search(request.args)
    page = search_inspections(db.session, user, search, request.args.get("after"), PAGE)
    return render_template(
        "inspections/list.html",
        search=search,
        page=page,
        next_url=next_page(page.after, **_asked()),
        first_url=here(**_asked()),
        counts=count_queues(db.session, user),
        findings=reading.read_findings(db.session, user.company, [row.id for row in page.rows]),
        names=read_names(db.session, user.company, page.rows),
        **_choices(user),
    )


def _choices(user: User) -> dict[str, Any]:
    return {
        "stations": list_stations(db.session, user.company),
        "routes": list_routes(db.session, user.company),
        "modes": MODES,
        "statuses": STATUSES,
        "grades": GRADES,
        "queues": tuple(QUEUES),
    }


def _asked() -> dict[str, str]:
    return {name: value for name, value in request.args.items() if value and name != "after"}


@bp.get("/inspections/<uuid:record>")
def show(record: Any) -> str:
    """One inspection: fails first, the nine points, photos, history, and what may be done."""
    user = signed_in_with(*RECORDS)
    row = reading.read_inspection(db.session, user, str(record))
    view = read_record_view(db.session, row)
    history = read_record_history(db.session, row)
    disputes = read_disputes(db.session, row)
    mentioned = mentioned_ids(history) | mentioned_links(disputes)
    names = read_names(db.session, user.company, [row], mentioned)
    own = is_own(db.session, user, row)
    open_disputes = [one for one in disputes if one.settled_at_ms is None]
    return render_template(
        "inspections/record.html",
        row=row,
        view=view,
        history=history,
        wording=Wording(language(), own_company().timezone, names, view.checklist),
        names=names,
        standing=read_standing(db.session, row),
        typed=matching.read_typed(row),
        moves=_moves(user, own, row, bool(open_disputes)),
        damaged=count_damaged(db.session, row),
        disputes=disputes,
        disputed=len(open_disputes),
        settleable={one.field for one in disputes if may_settle(user, own, row, one.field)},
        own=own,
        seen=mark_of(row),
        suspects=_suspects(view),
        sources=CRITICAL_SOURCES,
        matchable=row.status in MATCHABLE,
    )


def _moves(user: User, own: bool, row: Inspection, disputed: bool) -> list[str]:
    """What may be done; nobody confirms what two people say differently."""
    moves = [move for move in MOVES if may_move(user, own, row, move)]
    return [move for move in moves if not (disputed and move == "confirm")]


@bp.get("/inspections/<uuid:record>/next")
def show_next(record: Any) -> Response:
    """The next record that waits for review: older than this one, else from the top."""
    user = signed_in_with("review")
    row = reading.read_inspection(db.session, user, str(record))
    search = Search(Filters(), queue="review")
    place = f"{row.occurred_at_ms}:{row.id}"
    for after in (place, None):
        found = search_inspections(db.session, user, search, after, 1).rows
        if found and found[0].id != row.id:
            return redirect(url_for("inspection_pages.show", record=found[0].id))
    return redirect(url_for("inspection_pages.index", queue="review"))


def _suspects(view: RecordView) -> list[Any]:
    return [line for line in view.fails if line.critical == "suspected"]


@bp.get("/unmatched")
def unmatched() -> str:
    """Records with a vehicle or person that was typed in and has no file yet."""
    user = signed_in_with(*RECORDS)
    search = Search(Filters(), queue="unmatched")
    page = search_inspections(db.session, user, search, request.args.get("after"), PAGE)
    return render_template(
        "inspections/unmatched.html",
        page=page,
        waiting=_waiting(page.rows),
        seen={row.id: mark_of(row) for row in page.rows},
        names=read_names(db.session, user.company, page.rows),
        next_url=next_page(page.after),
        first_url=here(),
    )


def _waiting(rows: list[Inspection]) -> dict[str, list[matching.Waiting]]:
    return {row.id: matching.read_waiting(db.session, row) for row in rows}
