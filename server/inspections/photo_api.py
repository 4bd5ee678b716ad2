"""Reads photos inside the scope of the records that name them."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, request, send_file
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import EXCLUDE, Schema, fields, validate

from server.accounts.auth import require_reader
from server.accounts.models import User
from server.accounts.rights import may
from server.db import db
from server.inspections.reading import photo_in_scope
from server.photos.models import Photo
from server.photos.store import open_photo, read_photo
from server.problems import Problem
from server.web import wiring

blp = Blueprint("photos_reading", __name__, url_prefix="/api/v1", description="Photos")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class SizeSchema(Schema):
    """Which picture of a photo is wanted."""

    class Meta:
        unknown = EXCLUDE

    size = fields.String(
        load_default="screen", validate=validate.OneOf(("thumb", "screen", "original"))
    )


@blp.route("/photos/<sha256>")
class OnePhoto(MethodView):
    @blp.arguments(SizeSchema, location="query")
    @blp.response(200)
    def get(self, wanted: dict[str, Any], sha256: str) -> Response:
        """A photo's picture; HEAD is 200 only when the photo is verified."""
        photo = find_photo(require_reader(), sha256)
        if request.method == "HEAD":
            return Response(status=200, mimetype=photo.media_type)
        return send_photo(require_reader(), photo, wanted["size"])


def find_photo(user: User, sha256: str) -> Photo:
    """The verified photo, when a record this user may read names it; 404 otherwise."""
    photo = read_photo(db.session, user.company, sha256) if _SHA256.fullmatch(sha256) else None
    if not photo or not photo_in_scope(db.session, user, photo):
        raise Problem("not_found")
    return photo


def send_photo(user: User, photo: Photo, size: str) -> Response:
    """The picture in that size. The bytes as sent are for the few who may ask for them."""
    if size == "original" and not may(user.role, "read_original"):
        raise Problem("not_allowed")
    file = open_photo(wiring().blobs, photo, size)
    if not file:
        raise Problem("photo_not_ready")
    kind = photo.media_type if size == "original" else "image/jpeg"
    reply = send_file(file, mimetype=kind, max_age=0)
    reply.headers["Cache-Control"] = "private, no-store"
    reply.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return reply
