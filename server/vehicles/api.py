"""Vehicles and their files over the API."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView
from flask_smorest import Blueprint

from server.accounts.auth import require_reader
from server.db import db
from server.fleet.merges import VEHICLE
from server.inspections.merging import read_survivor_row
from server.inspections.presenting import PageQuerySchema, present_file, present_merges
from server.vehicles import store
from server.vehicles.schemas import (
    VehicleFileSchema,
    VehiclePageSchema,
    VehicleQuerySchema,
    VehicleSchema,
)
from server.web import json_reply

blp = Blueprint("vehicles", __name__, url_prefix="/api/v1", description="Vehicles")
_VEHICLE = VehicleSchema()


@blp.route("/vehicles")
class Vehicles(MethodView):
    @blp.arguments(VehicleQuerySchema, location="query")
    @blp.response(200, VehiclePageSchema)
    def get(self, wanted: dict[str, Any]) -> Response:
        """The company's vehicles, in order of fleet number."""
        page = store.list_vehicles(db.session, require_reader(), **_page_words(wanted))
        following = url_for("vehicles.Vehicles", **{**wanted, "after": page.after})
        return json_reply(
            {
                "vehicles": _VEHICLE.dump(page.rows, many=True),
                "next": following if page.after else None,
            }
        )


@blp.route("/vehicles/<uuid:vehicle>/file")
class VehicleFile(MethodView):
    @blp.arguments(PageQuerySchema, location="query")
    @blp.response(200, VehicleFileSchema)
    def get(self, wanted: dict[str, Any], vehicle: Any) -> Response:
        """一车一档: this vehicle's inspections, newest first. An entry that was merged into another
        is answered with the file of that one.
        """
        user = require_reader()
        asked = store.read_vehicle(db.session, user, str(vehicle))
        row = read_survivor_row(db.session, user.company, VEHICLE, asked)
        file = store.read_vehicle_file(db.session, user, row.id, wanted["after"], wanted["limit"])
        following = url_for(
            "vehicles.VehicleFile", vehicle=row.id, after=file.page.after, limit=wanted["limit"]
        )
        body = present_file(db.session, file, following)
        merges = present_merges(db.session, user.company, VEHICLE, asked.id, row.id)
        return json_reply({"vehicle": _VEHICLE.dump(row), **merges, **body})


def _page_words(wanted: dict[str, Any]) -> dict[str, Any]:
    return {"text": wanted["text"], "after": wanted["after"], "most": wanted["limit"]}
