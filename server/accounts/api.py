"""Enrols phones."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from server.accounts import store
from server.accounts.limits import ENROL, count_try
from server.accounts.models import Company, User
from server.accounts.schemas import DeviceSchema, EnrolSchema
from server.clock import format_instant
from server.db import begin_write, db
from server.web import json_reply, now_ms

blp = Blueprint("devices", __name__, url_prefix="/api/v1", description="Phones")


@blp.route("/devices")
class Devices(MethodView):
    @blp.arguments(EnrolSchema)
    @blp.response(201, DeviceSchema)
    def post(self, wanted: dict[str, Any]) -> Response:
        """Turn a one-time code and a phone's public key into a device and its token."""
        forgive = count_try("enrol", ENROL)
        begin_write(db.session)
        at_ms = now_ms()
        device, token = store.receive_device(
            db.session, wanted["code"], wanted["name"], wanted["public_key"], at_ms
        )
        company = db.session.get_one(Company, device.company)
        user = db.session.get_one(User, (device.company, device.user))
        body = {
            "device": device.id,
            "token": token,
            "epoch": company.epoch,
            "server_time": format_instant(at_ms),
            "user_id": user.id,
            "user": user.display_name,
            "company": company.name,
            "regime": company.regime,
        }
        db.session.commit()
        forgive()
        return json_reply(body, 201)
