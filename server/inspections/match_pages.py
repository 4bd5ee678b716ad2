"""Links one record to its vehicle, persons, route or station: chosen, searched or newly made."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.accounts.auth import signed_in
from server.accounts.guard import own_company
from server.accounts.models import User
from server.accounts.store import read_office_device
from server.db import begin_write, db
from server.evidence.store import lock_log, make_stamp, next_change
from server.fleet.store import Change, CrewCard, VehicleCard, save_crew_member, save_vehicle
from server.inspections.derive import LINKS
from server.inspections.matching import find_candidates, read_typed
from server.inspections.models import Inspection
from server.inspections.names import list_routes, list_stations, read_names
from server.inspections.reading import read_inspection
from server.inspections.review import MATCHABLE, mark_of, match_inspection
from server.inspections.wording import Wording
from server.problems import Problem
from server.web import language, now_ms

bp = Blueprint("match", __name__)
PERSONS = ("driver", "conductor")
KINDS = ("coach", "city_bus", "minibus")
REGIMES = ("road_passenger", "city_bus")
MAX_TEXT = 40
MAX_CAPACITY = 300


@bp.get("/inspections/<uuid:record>/match/<what>")
def show(record: Any, what: str) -> str:
    """What it may be, a search, and a form for one that is new."""
    user = signed_in("match")
    row = _read_matchable(user, str(record), what)
    return _render(row, what)


def _read_matchable(user: User, record: str, what: str) -> Inspection:
    row = read_inspection(db.session, user, record)
    if what not in LINKS:
        raise Problem("not_found")
    if row.status not in MATCHABLE:
        raise Problem("move_forbidden", row.status)
    return row


def _render(row: Inspection, what: str, error: Problem | None = None) -> str:
    text = request.args.get("q", "").strip()[:MAX_TEXT]
    typed = read_typed(row).get(what, "")
    names = read_names(db.session, row.company, [row])
    routes = list_routes(db.session, row.company)
    stations = list_stations(db.session, row.company)
    if what in ("vehicle", *PERSONS):
        candidates = find_candidates(db.session, row.company, what, typed, text)
    else:
        candidates = []
    return render_template(
        "inspections/match.html",
        row=row,
        what=what,
        typed=typed,
        text=text,
        candidates=candidates,
        wording=Wording(language(), own_company().timezone, names),
        routes=routes,
        stations=stations,
        kinds=KINDS,
        regimes=REGIMES,
        company=own_company(),
        form=request.form,
        error=error,
        seen=mark_of(row),
    )


@bp.post("/inspections/<uuid:record>/match/<what>")
def choose(record: Any, what: str) -> Response:
    """Link the record to the row that was chosen; an empty choice takes the link away."""
    user = signed_in("match")
    chosen = request.form.get("chosen")
    if chosen is None or what not in LINKS:
        raise Problem("field_malformed", what)
    begin_write(db.session)
    links = {what: chosen or None}
    match_inspection(db.session, user, str(record), links, now_ms(), request.form.get("seen"))
    db.session.commit()
    return _done(record)


@bp.post("/inspections/<uuid:record>/match/<what>/new")
def create(record: Any, what: str) -> Response | tuple[str, int]:
    """Enter a vehicle or person that nobody had entered yet, and link the record to it."""
    user = signed_in("match")
    begin_write(db.session)
    try:
        row = _read_matchable(user, str(record), what)
        made = _save_new(user, what)
        seen = request.form.get("seen")
        match_inspection(db.session, user, row.id, {what: made}, now_ms(), seen)
    except Problem as problem:
        if problem.code != "field_malformed":
            raise
        db.session.rollback()
        return _render(_read_matchable(user, str(record), what), what, problem), problem.status
    db.session.commit()
    return _done(record)


def _save_new(user: User, what: str) -> str:
    seat = read_office_device(db.session, user, now_ms())
    head = lock_log(db.session, user.company)
    change = Change(make_stamp(head, seat.id, now_ms()), next_change(head))
    if what == "vehicle":
        return save_vehicle(db.session, user.company, change, _vehicle_card()).id
    if what in PERSONS:
        return save_crew_member(db.session, user.company, change, _crew_card(what)).id
    raise Problem("not_found")


def _vehicle_card() -> VehicleCard:
    capacity = _field("capacity") or "0"
    if not capacity.isdecimal() or int(capacity) > MAX_CAPACITY:
        raise Problem("field_malformed", "capacity")
    return VehicleCard(
        plate=_field("plate", 20),
        fleet_number=_field("fleet_number", 20),
        kind=_choice("kind", KINDS),
        regime=_choice("regime", REGIMES),
        capacity=int(capacity),
        station=_reference("station"),
        route=_reference("route"),
    )


def _crew_card(duty: str) -> CrewCard:
    return CrewCard(_field("staff_number", 20), _field("name", 60), duty, _reference("station"))


def _field(name: str, most: int = 3) -> str:
    value = request.form.get(name, "").strip()
    if len(value) > most:
        raise Problem("field_malformed", name)
    return value


def _choice(name: str, words: tuple[str, ...]) -> str:
    value = request.form.get(name, "")
    if value not in words:
        raise Problem("field_malformed", name)
    return value


def _reference(name: str) -> str | None:
    value = request.form.get(name, "")
    lists = {"station": list_stations, "route": list_routes}
    company = own_company().id
    if value and value not in {row.id for row in lists[name](db.session, company)}:
        raise Problem("field_malformed", name)
    return value or None


def _done(record: Any) -> Response:
    flash("inspections.done_match")
    back = "inspection_pages.unmatched" if request.form.get("back") == "unmatched" else None
    target = url_for(back) if back else url_for("inspection_pages.show", record=record)
    return redirect(target, 303)
