"""Vehicles in the office: the list, and one file per vehicle (一车一档)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.accounts.guard import FILES, guard, own_company, signed_in_with
from server.db import db
from server.fleet.merges import VEHICLE, list_merged, read_survivor
from server.inspections.chart import draw_chart
from server.inspections.names import list_routes, list_stations
from server.inspections.paging import here, next_page
from server.inspections.timeline import tell_story
from server.vehicles import store

bp = Blueprint("vehicle_pages", __name__, url_prefix="/office")
guard(bp)
PAGE = 50
CHAPTERS = 20
MAX_TEXT = 40


@bp.get("/vehicles")
def index() -> str:
    """Vehicles in order of fleet number."""
    user = signed_in_with(*FILES)
    text = request.args.get("q", "").strip()[:MAX_TEXT]
    page = store.list_vehicles(db.session, user, text, request.args.get("after"), PAGE)
    return render_template(
        "vehicles/list.html",
        page=page,
        text=text,
        stations={row.id: row for row in list_stations(db.session, user.company)},
        routes={row.id: row for row in list_routes(db.session, user.company)},
        next_url=next_page(page.after, q=text),
        first_url=here(q=text),
    )


@bp.get("/vehicles/<uuid:vehicle>")
def show(vehicle: Any) -> str | Response:
    """One vehicle's file: card, scores, open problems, what happened."""
    user = signed_in_with(*FILES)
    row = store.read_vehicle(db.session, user, str(vehicle))
    into = read_survivor(db.session, user.company, VEHICLE, row.id)
    if into != row.id:
        return redirect(url_for("vehicle_pages.show", vehicle=into))
    after = request.args.get("after")
    file = store.read_vehicle_file(db.session, user, row.id, after, CHAPTERS)
    return render_template(
        "vehicles/file.html",
        vehicle=row,
        file=file,
        story=tell_story(db.session, user.company, file, store.SUBJECTS),
        chart=draw_chart(file.scores, own_company().timezone),
        older_url=next_page(file.page.after),
        first_url=here() if after else None,
        merged=list_merged(db.session, user.company, VEHICLE, row.id),
    )
