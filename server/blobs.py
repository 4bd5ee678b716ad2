"""Photo bytes in a folder, by content: written once, synced, never altered."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import BinaryIO


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
    """Make a folder and what is missing above it, each name synced to disk."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder durable: without this a power cut may take it back."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
