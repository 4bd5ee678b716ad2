"""Photos by content and uploads under way: rows made, found and ended. Never commits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from server.blobs import FolderBlobs
from server.events import photo_verified
from server.evidence.store import append_evidence, lock_log
from server.photos.models import Photo, Upload
from server.photos.pictures import Picture
from server.problems import Problem

PhotoSize = Literal["thumb", "screen", "original"]


@dataclass(frozen=True)
class Uploading:
    """An upload as its device may know it, readable when the transaction is over.

    ``is_finished``: its own bytes became the photo. ``is_kept``: the photo is verified, by
    whichever upload its bytes came.
    """

    company: str
    id: str
    device: str
    sha256: str
    length_bytes: int
    expires_at_ms: int
    is_finished: bool
    is_kept: bool


class Spoilt(Exception):
    """The bytes on disk are not those that were kept, or are gone; they are shown to nobody."""


def read_photo(session: Session, company: str, sha256: str) -> Photo | None:
    """The verified photo of that name, or None; also None while it is damaged."""
    photo = session.get(Photo, (company, sha256))
    return photo if photo and photo.damage is None else None


def read_content(blobs: FolderBlobs, photo: Photo, size: PhotoSize) -> bytes | None:
    """The photo's bytes, hashed again; None while that picture is not made. May be ``Spoilt``."""
    wanted = photo.sha256 if size == "original" else getattr(photo, f"{size}_sha256")
    if wanted is None:
        return None
    file = blobs.open(photo.company, photo.sha256, size)
    if file is None:
        raise Spoilt(f"{size} missing")
    with file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != wanted:
        raise Spoilt(f"{size} altered")
    return content


def save_upload(session: Session, upload: Upload) -> Uploading:
    """Begin an upload. Of a photo that is here already the length must be the same again."""
    photo = read_photo(session, upload.company, upload.sha256)
    if photo and photo.size_bytes != upload.length_bytes:
        raise Problem("upload_length", f"{upload.sha256}: {photo.size_bytes}")
    session.add(upload)
    session.flush()
    return _uploading(upload, photo)


def read_upload(
    session: Session, company: str, device: str, upload_id: str, now_ms: int
) -> Uploading:
    """This device's own upload; ``upload_gone`` when ended, expired or another's."""
    upload = session.get(Upload, (company, upload_id))
    if not upload or upload.device != device or now_ms >= upload.expires_at_ms:
        raise Problem("upload_gone")
    return _uploading(upload, read_photo(session, company, upload.sha256))


def list_unfinished(session: Session, company: str, device: str, sha256: str) -> list[Uploading]:
    """This device's uploads of a photo that is not verified, oldest first."""
    if read_photo(session, company, sha256):
        return []
    rows = session.scalars(
        select(Upload)
        .where(Upload.company == company, Upload.device == device, Upload.sha256 == sha256)
        .order_by(Upload.created_at_ms, Upload.id)
    )
    return [_uploading(upload, None) for upload in rows]


def keep_photo(session: Session, uploading: Uploading, picture: Picture, now_ms: int) -> None:
    """The photo is verified and its bytes are on disk. Two uploads of one photo are one photo."""
    company, sha256 = uploading.company, uploading.sha256
    log = lock_log(session, company)
    if not read_photo(session, company, sha256):
        _keep_row(session, uploading, picture, now_ms)
        content = {
            "sha256": sha256,
            "size_bytes": uploading.length_bytes,
            "device": uploading.device,
            "at_ms": now_ms,
        }
        append_evidence(session, log, "photo", content)
        photo_verified.send(session, company=company, sha256=sha256, now_ms=now_ms)
    upload = session.get(Upload, (company, uploading.id))
    if upload:
        upload.finished_at_ms = now_ms


def _keep_row(session: Session, uploading: Uploading, picture: Picture, now_ms: int) -> None:
    """A new photo's row, or that of a damaged one whose bytes have come again."""
    photo = session.get(Photo, (uploading.company, uploading.sha256))
    if photo is None:
        photo = Photo(
            company=uploading.company,
            sha256=uploading.sha256,
            size_bytes=uploading.length_bytes,
            media_type=picture.media_type,
            width=picture.width,
            height=picture.height,
            device=uploading.device,
            verified_at_ms=now_ms,
        )
        session.add(photo)
    # What the log is told of a photo that came again, its row tells too.
    photo.device, photo.verified_at_ms = uploading.device, now_ms
    photo.damage = photo.damaged_at_ms = None
    photo.checked_at_ms = now_ms
    session.flush()


def remove_upload(session: Session, uploading: Uploading) -> None:
    """End an upload; the photo, when it became one, stays."""
    session.execute(
        delete(Upload).where(Upload.company == uploading.company, Upload.id == uploading.id)
    )


def remove_expired(session: Session, now_ms: int) -> None:
    """End every upload whose time is over; its bytes are nobody's from then on."""
    session.execute(delete(Upload).where(Upload.expires_at_ms <= now_ms))


def list_upload_ids(session: Session) -> set[str]:
    """Every upload that may still grow."""
    return set(session.scalars(select(Upload.id)))


def list_waiting_photos(session: Session) -> list[tuple[str, str]]:
    """Photos whose smaller pictures are not made yet: (company, sha256), oldest first."""
    rows = session.execute(
        select(Photo.company, Photo.sha256)
        .where(or_(Photo.derived_at_ms.is_(None), Photo.screen_sha256.is_(None)))
        .where(Photo.damage.is_(None))
        .order_by(Photo.verified_at_ms, Photo.sha256)
    )
    return [(company, sha256) for company, sha256 in rows]


def keep_derived(
    session: Session, company: str, sha256: str, hashes: dict[str, str], now_ms: int
) -> None:
    """The smaller pictures are on disk, and hash to this."""
    photo = session.get_one(Photo, (company, sha256))
    photo.derived_at_ms = now_ms
    photo.screen_sha256, photo.thumb_sha256 = hashes["screen"], hashes["thumb"]


def _uploading(upload: Upload, photo: Photo | None) -> Uploading:
    return Uploading(
        company=upload.company,
        id=upload.id,
        device=upload.device,
        sha256=upload.sha256,
        length_bytes=upload.length_bytes,
        expires_at_ms=upload.expires_at_ms,
        is_finished=upload.finished_at_ms is not None,
        is_kept=photo is not None,
    )
