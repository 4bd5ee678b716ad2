"""Reads photos inside the scope of the records that name them."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import EXCLUDE, Schema, fields, validate

from server.accounts.auth import require_reader
from server.inspections.photos_in_scope import find_photo, send_photo

blp = Blueprint("photos_reading", __name__, url_prefix="/api/v1", description="Photos")


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
