"""A photo's picture, for whoever may read a record that names it: the API's and the pages' rule."""

from __future__ import annotations

import re

from flask import Response, send_file

from server.accounts.models import User
from server.accounts.rights import may
from server.db import db
from server.inspections.reading import photo_in_scope
from server.photos.models import Photo
from server.photos.showing import open_photo
from server.photos.store import PhotoSize, read_photo
from server.problems import Problem

_SHA256 = re.compile(r"[0-9a-f]{64}")


def find_photo(user: User, sha256: str) -> Photo:
    """The verified photo, when a record this user may read names it; 404 otherwise."""
    photo = read_photo(db.session, user.company, sha256) if _SHA256.fullmatch(sha256) else None
    if not photo or not photo_in_scope(db.session, user, photo):
        raise Problem("not_found")
    return photo


def send_photo(user: User, photo: Photo, size: PhotoSize) -> Response:
    """The picture in that size. The bytes as sent are for the few who may ask for them."""
    if size == "original" and not may(user.role, "read_original"):
        raise Problem("not_allowed")
    file = open_photo(photo, size)
    kind = photo.media_type if size == "original" else "image/jpeg"
    reply = send_file(file, mimetype=kind, max_age=0)
    reply.headers["Cache-Control"] = "private, no-store"
    reply.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return reply
