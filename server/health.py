"""Is it up, which version, which life of the database: for phones, probes and people."""

from __future__ import annotations

from importlib.metadata import version

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from server.accounts import store
from server.db import db
from server.edits.reading import is_clock_behind
from server.web import json_reply, now_ms

blp = Blueprint("health", __name__, url_prefix="/api/v1", description="Liveness")


class HealthSchema(Schema):
    """What a probe sees."""

    status = fields.String(required=True)
    version = fields.String(required=True)
    clock = fields.String(
        required=True,
        metadata={"description": "ok | behind: the server's clock is behind what its log holds"},
    )
    epoch = fields.String(required=True, allow_none=True)


@blp.route("/healthz")
class Health(MethodView):
    @blp.response(200, HealthSchema)
    def get(self) -> Response:
        """Answer when the database answers. `epoch` is null until the first company exists."""
        behind = is_clock_behind(db.session, now_ms())
        told = {
            "status": "ok",
            "version": version("mingcha"),
            "clock": "behind" if behind else "ok",
            "epoch": store.read_epoch(db.session),
        }
        return json_reply(told)
