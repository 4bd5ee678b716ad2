"""Photos for office pages, by session cookie."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, request

from server.accounts.auth import signed_in
from server.inspections.photos_in_scope import find_photo, send_photo
from server.photos.store import PhotoSize
from server.problems import Problem

bp = Blueprint("photo", __name__)
SIZES = ("thumb", "screen", "original")


@bp.get("/photos/<sha256>")
def show(sha256: str) -> Response:
    """A photo's picture, when a record that this person may read names it."""
    size = request.args.get("size", "screen")
    if size not in SIZES:
        raise Problem("field_malformed", "size")
    user = signed_in()
    return send_photo(user, find_photo(user, sha256), cast(PhotoSize, size))
