"""Is it up, which version, which life of the database: for phones, probes and people."""

from __future__ import annotations

from importlib.metadata import version

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from server.accounts import store
from server.db import db
from server.web import json_reply

blp = Blueprint("health", __name__, url_prefix="/api/v1", description="Liveness")


class HealthSchema(Schema):
    """What a probe sees."""

    status = fields.String(required=True)
    version = fields.String(required=True)
    epoch = fields.String(required=True, allow_none=True)


@blp.route("/healthz")
class Health(MethodView):
    @blp.response(200, HealthSchema)
    def get(self) -> Response:
        """Answer when the database answers. `epoch` is null until the first company exists."""
        epoch = store.read_epoch(db.session)
        return json_reply({"status": "ok", "version": version("mingcha"), "epoch": epoch})
