"""A photo's bytes for a reader: never any that do not match their hash."""

from __future__ import annotations

from io import BytesIO

import structlog
from blinker import Signal
from flask import current_app

from server.photos.models import Photo
from server.photos.store import PhotoSize, Spoilt, read_content
from server.problems import Problem
from server.web import wiring

log = structlog.get_logger()

# Sent as photo_suspected.send(app, company=…, sha256=…): somebody should look at its files.
photo_suspected = Signal("a photo's bytes on disk are not those that were kept")


def open_photo(photo: Photo, size: PhotoSize) -> BytesIO:
    """The picture in that size; ``photo_not_ready`` while there is none that may be shown."""
    try:
        content = read_content(wiring().blobs, photo, size)
    except Spoilt as spoilt:
        log.warning("photo_spoilt", sha256=photo.sha256, found=str(spoilt))
        photo_suspected.send(
            current_app._get_current_object(),  # type: ignore[attr-defined] # noqa: SLF001
            company=photo.company,
            sha256=photo.sha256,
        )
        raise Problem("photo_damaged" if size == "original" else "photo_not_ready") from spoilt
    if content is None:
        raise Problem("photo_not_ready")
    return BytesIO(content)
