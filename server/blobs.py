"""Photo bytes in a folder, by content: written once, synced, never altered."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

# Folders whose names this process knows to be on disk. Asked again when a folder has been removed.
_known: set[Path] = set()


class FolderBlobs:
    """Files named by the SHA-256 of their content, one folder per company, fanned out by two
    digits. Pictures made from a photo lie beside it as ``<sha256>.<size>.jpg``.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, company: str, sha256: str, size: str = "original") -> Path:
        """Where the bytes lie or would lie."""
        name = sha256 if size == "original" else f"{sha256}.{size}.jpg"
        return self._root / company / sha256[:2] / name

    def keep_bytes(self, company: str, sha256: str, size: str, content: bytes) -> Path:
        """Write a photo or a picture made from it, all of it or nothing; it is on disk, name and
        all, when this returns.
        """
        target = self.path(company, sha256, size)
        write_whole(target, content)
        return target

    def open(self, company: str, sha256: str, size: str = "original") -> BinaryIO | None:
        """The bytes for reading, or None when they are not here."""
        try:
            return self.path(company, sha256, size).open("rb")
        except FileNotFoundError:
            return None

    def hash_of(self, company: str, sha256: str, size: str = "original") -> str | None:
        """What the bytes hash to now, read piece by piece; None when they are not here."""
        try:
            with self.path(company, sha256, size).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return None

    def list_files(self, company: str) -> Iterator[tuple[Path, int]]:
        """Every file of a company's, and when each was last written, Unix ms."""
        folder = self._root / company
        if not folder.is_dir():
            return
        for path in sorted(folder.glob("*/*")):
            with suppress(FileNotFoundError):  # a draft may take its place meanwhile
                yield path, path.stat().st_mtime_ns // 1_000_000

    def remove_drafts(self, before_ms: int) -> int:
        """Take away what writers that were killed left half written; how many there were."""
        drafts = [
            path
            for path in self._root.glob("*/*/.*")
            if path.stat().st_mtime_ns // 1_000_000 < before_ms
        ]
        for path in drafts:
            path.unlink(missing_ok=True)
        return len(drafts)


def write_whole(target: Path, content: bytes) -> None:
    """Write a file, all of it or nothing; it is on disk, name and all, when this returns."""
    make_folder(target.parent)
    # Two may write the same file at once: each writes its own draft, and either may win.
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(target.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and what is missing above it, each name synced to disk.

    A folder that is there already may have been made by a process that was killed before it could
    sync the name, so each process does that once for each folder it meets.
    """
    if folder in _known and folder.is_dir():
        return
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)
    _known.add(folder)


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder durable: without this a power cut may take it back."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
