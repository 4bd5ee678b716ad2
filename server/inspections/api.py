"""Inspections over the API, inside the rights of the user whose token asks."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView
from flask_smorest import Blueprint

from server.accounts.auth import require_reader
from server.db import db
from server.inspections import reading
from server.inspections.disputes import present_disputes, read_disputes
from server.inspections.history import read_fields
from server.inspections.schemas import (
    InspectionDetailSchema,
    InspectionPageSchema,
    ListQuerySchema,
)
from server.web import json_reply

blp = Blueprint("inspections", __name__, url_prefix="/api/v1", description="Inspections")


@blp.route("/inspections")
class Inspections(MethodView):
    @blp.arguments(ListQuerySchema, location="query")
    @blp.response(200, InspectionPageSchema)
    def get(self, wanted: dict[str, Any]) -> Response:
        """The inspections this user may read, newest first, by keyset pages."""
        user = require_reader()
        filters = read_filters(wanted)
        page = reading.list_inspections(db.session, user, filters, wanted["after"], wanted["limit"])
        query = {name: value for name, value in wanted.items() if value is not None}
        following = url_for("inspections.Inspections", **{**query, "after": page.after})
        return json_reply(
            {
                "inspections": reading.present_inspections(db.session, page.rows),
                "next": following if page.after else None,
            }
        )


@blp.route("/inspections/<uuid:record>")
class OneInspection(MethodView):
    @blp.response(200, InspectionDetailSchema)
    def get(self, record: Any) -> Response:
        """One inspection with its merged fields, each with the stamp that won."""
        user = require_reader()
        row = reading.read_inspection(db.session, user, str(record))
        body = reading.present_inspections(db.session, [row])[0]
        conflicts = present_disputes(read_disputes(db.session, row))
        fields = read_fields(db.session, user, row)
        return json_reply({**body, "fields": fields, "conflicts": conflicts})


def read_filters(wanted: dict[str, Any]) -> reading.Filters:
    """The list's filters from checked query values."""
    names = ("station", "route", "vehicle", "crew", "mode", "status", "grade")
    dates = {
        name: wanted[name].isoformat() if wanted[name] else None
        for name in ("date_from", "date_to")
    }
    return reading.Filters(**{name: wanted[name] for name in names}, **dates)
