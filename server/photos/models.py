"""Tables of photos by content, and of uploads under way."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Model


class Photo(Model):
    """A photo whose bytes are on the server. A row exists only once it is verified:
    re-hashed whole, decoded, and synced to disk. ``derived_at_ms`` is set when its thumbnail and
    screen picture are made, with their hashes beside it: no altered picture is ever shown.

    ``damage`` says that its bytes were found ``missing`` or ``altered`` later: such a photo is not
    here until it comes again. ``checked_at_ms`` is when they were last read and hashed whole.
    """

    __tablename__ = "photo"
    __table_args__ = (Index("ix_photo_derived", "company", "derived_at_ms"),)

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(20))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    device: Mapped[str] = mapped_column(String(16))
    verified_at_ms: Mapped[int] = mapped_column(BigInteger)
    derived_at_ms: Mapped[int | None] = mapped_column(BigInteger)
    screen_sha256: Mapped[str | None] = mapped_column(String(64))
    thumb_sha256: Mapped[str | None] = mapped_column(String(64))
    checked_at_ms: Mapped[int | None] = mapped_column(BigInteger)
    damage: Mapped[str | None] = mapped_column(String(8))
    damaged_at_ms: Mapped[int | None] = mapped_column(BigInteger)


class Upload(Model):
    """A tus upload. Its bytes lie in the upload folder under its id; the file's length is the
    offset, so the two cannot disagree. ``finished_at_ms`` is set when its own bytes became the
    photo; the photo may also have come by another upload.
    """

    __tablename__ = "upload"
    __table_args__ = (
        ForeignKeyConstraint(["company", "device"], ["device.company", "device.id"]),
        Index("ix_upload_sha256", "company", "sha256", "device"),
        Index("ix_upload_expires", "company", "expires_at_ms"),
    )

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    device: Mapped[str] = mapped_column(String(16))
    sha256: Mapped[str] = mapped_column(String(64))
    length_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at_ms: Mapped[int] = mapped_column(BigInteger)
    expires_at_ms: Mapped[int] = mapped_column(BigInteger)
    finished_at_ms: Mapped[int | None] = mapped_column(BigInteger)
