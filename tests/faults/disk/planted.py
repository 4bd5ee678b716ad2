"""Bugs put into the server's process on purpose: the checkers must find every one of them."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from server import blobs
from server.db import db
from server.photos import api, finishing, spool, store
from server.photos.pictures import Picture

LIKELY = Picture("image/jpeg", 1, 1)


def unverified() -> None:
    """A photo counts with its last byte: nobody hashes it, nobody writes it down."""

    def finish(uploading: Any) -> None:
        store.keep_photo(db.session, uploading, LIKELY, 0)
        db.session.commit()

    finishing.finish = api.finish = finish


def row_before_bytes() -> None:
    """The row is committed first, then the bytes are put where they belong."""
    keep_bytes = blobs.FolderBlobs.keep_bytes
    later: list[tuple[Any, ...]] = []

    def put_off(*arguments: Any) -> None:
        later.append(arguments)

    blobs.FolderBlobs.keep_bytes = put_off  # type: ignore[assignment]
    remove = spool.Spool.remove

    def remove_then_keep(self: spool.Spool, upload: str) -> None:
        while later:
            keep_bytes(*later.pop())
        remove(self, upload)

    spool.Spool.remove = remove_then_keep


def no_file_sync() -> None:
    """A photo's bytes are renamed into place without having been synced."""

    def write_whole(target: Path, content: bytes) -> None:
        blobs.make_folder(target.parent)
        draft = target.with_name(f".{target.name}")
        draft.write_bytes(content)
        draft.replace(target)
        blobs.sync_folder(target.parent)

    blobs.write_whole = write_whole


def no_folder_sync() -> None:
    """No name is ever synced, only bytes."""
    blobs.sync_folder = spool.sync_folder = lambda _folder: None


def synchronous(level: str) -> None:
    @event.listens_for(Engine, "connect")
    def weaken(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA synchronous={level}")


def synchronous_off() -> None:
    """The database never syncs."""
    synchronous("OFF")


def synchronous_normal() -> None:
    """The database syncs at checkpoints only."""
    synchronous("NORMAL")


def sync_error_ignored() -> None:
    """A failed fsync is shrugged off, as if the bytes were on the disk."""
    fsync = os.fsync

    def try_to_sync(handle: int) -> None:
        with suppress(OSError):
            fsync(handle)

    os.fsync = try_to_sync


def full_offset_is_safe() -> None:
    """An upload whose last byte is there is taken for a photo, finished or not."""
    api.finish = lambda _uploading: None
    read = store.read_photo

    def believe(session: Any, company: str, sha256: str) -> Any:
        return read(session, company, sha256) or store.Photo(damage=None)

    from server.inspections import photos_in_scope  # noqa: PLC0415

    photos_in_scope.read_photo = believe
    photos_in_scope.photo_in_scope = lambda *_: True
