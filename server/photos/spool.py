"""The bytes of uploads under way: one file per upload, whose length is the offset."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from server.blobs import make_folder, sync_folder
from server.problems import Problem

PIECE_BYTES = 16 * 1024
REFUSED = "refused"


@dataclass(frozen=True)
class Checksum:
    """What a part must hash to."""

    algorithm: str
    digest: bytes


class Spool:
    """A folder of growing files. Nothing here knows of the database."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, upload: str) -> Path:
        return self._root / upload

    def received_bytes(self, upload: str) -> int:
        """How much has arrived; 0 before the first byte."""
        try:
            return self.path(upload).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, upload: str, offset: int, length: int, pieces: Iterable[bytes]) -> int:
        """Write pieces from ``offset`` on, on disk when this returns; the new offset.

        Each piece is written under a short lock and only where the file ends: of two senders at
        once one is told ``upload_offset``, and a sender whose line went dead keeps nobody out.
        When ``pieces`` breaks off, what came before stays.
        """
        with self._opened(upload) as file:
            position = offset
            try:
                _check_end(file, position)
                for piece in pieces:
                    position = _write_piece(file, position, length, piece)
            finally:
                _sync(file, offset)
        return position

    def append_checked(
        self, upload: str, offset: int, length: int, pieces: Iterable[bytes], checksum: Checksum
    ) -> int:
        """As ``append``, but the part is kept apart until it proves to be what was sent."""
        make_folder(self._root)
        wanted = hashlib.new(checksum.algorithm, usedforsecurity=False)
        size = offset
        with tempfile.TemporaryFile(dir=self._root) as part:
            for piece in pieces:
                size += len(piece)
                if size > length:
                    raise Problem("upload_too_large")
                wanted.update(piece)
                part.write(piece)
            if wanted.digest() != checksum.digest:
                raise Problem("checksum_mismatch")
            part.seek(0)
            return self.append(upload, offset, length, iter(lambda: part.read(PIECE_BYTES), b""))

    def remove(self, upload: str) -> None:
        """Take the bytes away; a sender still at it is told that the upload is gone."""
        self.path(upload).unlink(missing_ok=True)

    def set_aside(self, upload: str, company: str, name: str) -> None:
        """Keep refused bytes for whoever asks what was wrong with them; the same ones once."""
        folder = self._root / REFUSED / company
        make_folder(folder)
        self.path(upload).replace(folder / name)
        sync_folder(folder)

    def list_uploads(self) -> dict[str, int]:
        """The uploads whose bytes lie here, and when each last grew, Unix ms."""
        if not self._root.is_dir():
            return {}
        files = (entry for entry in os.scandir(self._root) if entry.is_file())
        return {entry.name: entry.stat().st_mtime_ns // 1_000_000 for entry in files}

    def purge_refused(self, before_ms: int) -> int:
        """Drop refused bytes that came before that; how many files went."""
        old = [
            path
            for path in (self._root / REFUSED).glob("*/*")
            if path.stat().st_mtime_ns // 1_000_000 < before_ms
        ]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    @contextmanager
    def alone(self, upload: str) -> Iterator[bytes | None]:
        """The whole content, while nobody else finishes this upload; None when it is gone."""
        try:
            with self.path(upload).open("rb") as file, _locked(file.fileno()):
                gone = os.fstat(file.fileno()).st_nlink == 0
                yield None if gone else file.read()
        except FileNotFoundError:
            yield None

    @contextmanager
    def _opened(self, upload: str) -> Iterator[FileIO]:
        make_folder(self._root)
        path = self.path(upload)
        is_new = not path.exists()
        with path.open("ab", buffering=0) as file:
            if is_new:
                sync_folder(self._root)
            yield file


@contextmanager
def _locked(handle: int) -> Iterator[None]:
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)


def _check_end(file: FileIO, position: int) -> None:
    state = os.fstat(file.fileno())
    if state.st_nlink == 0:
        raise Problem("upload_gone")
    if state.st_size != position:
        raise Problem("upload_offset", str(state.st_size))


def _write_piece(file: FileIO, position: int, length: int, piece: bytes) -> int:
    if position + len(piece) > length:
        raise Problem("upload_too_large")
    with _locked(file.fileno()):
        _check_end(file, position)
        rest = memoryview(piece)
        while rest:
            rest = rest[file.write(rest) :]
    return position + len(piece)


def _sync(file: FileIO, offset: int) -> None:
    try:
        os.fsync(file.fileno())
    except OSError:
        # The kernel may have dropped the pages and calls the next fsync a success. Only what was
        # acknowledged before is known to be on disk; the rest has to come again.
        os.ftruncate(file.fileno(), min(offset, os.fstat(file.fileno()).st_size))
        raise
