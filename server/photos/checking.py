"""Are the photos' bytes still what was verified? Read, hashed and compared; damage is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.blobs import FolderBlobs
from server.events import photo_damaged, photo_verified
from server.evidence.store import lock_log
from server.photos.models import Photo

Harm = Literal["missing", "altered"]

_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class PhotoDamage:
    """``missing`` or ``altered`` bytes of a verified photo, or a ``stray`` file without a row."""

    sha256: str
    problem: Literal["missing", "altered", "stray"]


@dataclass(frozen=True)
class DamagedPhoto:
    """A photo that the office has to know of: it is awaited from a phone again."""

    sha256: str
    damage: str
    damaged_at_ms: int


@dataclass(frozen=True)
class Checked:
    """What one look at a photo's files found; ``spoilt`` are pictures to be made anew."""

    company: str
    sha256: str
    harm: Harm | None
    spoilt: bool
    seen_ms: int | None


def check_photos(
    session: Session, blobs: FolderBlobs, company: str, *, settled_before_ms: int | None = None
) -> Iterator[PhotoDamage]:
    """Every photo of a company's that is not as it was verified, and every file that is nobody's.

    While the server runs, a photo's file is there a moment before its row: files written since
    ``settled_before_ms`` are passed over. A marked photo is named again as long as it is damaged.
    """
    names = session.scalars(
        select(Photo.sha256).where(Photo.company == company).order_by(Photo.sha256)
    ).all()
    for sha256 in names:
        harm = _find_harm(blobs, company, sha256)
        if harm:
            yield PhotoDamage(sha256, harm)
    known = set(names)
    for path, written_ms in blobs.list_files(company):
        is_settled = settled_before_ms is None or written_ms < settled_before_ms
        if is_settled and _NAME.fullmatch(path.name) and path.name not in known:
            yield PhotoDamage(path.name, "stray")


def list_damaged_photos(session: Session, company: str) -> list[DamagedPhoto]:
    """The photos whose bytes are awaited again, latest damage first."""
    rows = session.scalars(
        select(Photo)
        .where(Photo.company == company, Photo.damage.is_not(None))
        .order_by(Photo.damaged_at_ms.desc(), Photo.sha256)
    )
    return [DamagedPhoto(row.sha256, row.damage or "", row.damaged_at_ms or 0) for row in rows]


def list_longest_unchecked(session: Session, before_ms: int, most: int) -> list[Photo]:
    """Photos last read before that, of all companies, the longest unread first."""
    seen = func.coalesce(Photo.checked_at_ms, Photo.verified_at_ms)
    query = select(Photo).where(seen < before_ms).order_by(seen, Photo.company, Photo.sha256)
    return list(session.scalars(query.limit(most)))


def look_at(blobs: FolderBlobs, photo: Photo) -> Checked:
    """Read a photo's files whole and hash them. Takes no lock and asks no database."""
    pictures = (("screen", photo.screen_sha256), ("thumb", photo.thumb_sha256))
    spoilt = any(
        wanted is not None and blobs.hash_of(photo.company, photo.sha256, size) != wanted
        for size, wanted in pictures
    )
    harm = _find_harm(blobs, photo.company, photo.sha256)
    return Checked(photo.company, photo.sha256, harm, spoilt, photo.checked_at_ms)


def keep_checked(session: Session, found: Checked, now_ms: int) -> bool:
    """Enter what a look found; true when the photo has just turned out damaged.

    The record that names it is no longer complete. One that is whole again (its file came back
    from a backup) counts again.
    """
    lock_log(session, found.company)
    photo = session.get_one(Photo, (found.company, found.sha256), populate_existing=True)
    if photo.checked_at_ms != found.seen_ms:
        return False  # it was sent again, or looked at by another, while we looked
    before, photo.damage = photo.damage, found.harm
    photo.checked_at_ms = now_ms
    if found.spoilt:
        photo.derived_at_ms = photo.screen_sha256 = photo.thumb_sha256 = None
    if bool(before) == bool(found.harm):
        return False
    photo.damaged_at_ms = now_ms if found.harm else None
    session.flush()
    changed = photo_damaged if found.harm else photo_verified
    changed.send(session, company=found.company, sha256=found.sha256, now_ms=now_ms)
    return found.harm is not None


def _find_harm(blobs: FolderBlobs, company: str, sha256: str) -> Harm | None:
    found = blobs.hash_of(company, sha256)
    if found is None:
        return "missing"
    return None if found == sha256 else "altered"
