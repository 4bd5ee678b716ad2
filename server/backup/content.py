"""Copies files that are named by the SHA-256 of their content; each is hashed on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from server.blobs import FolderBlobs, write_whole

# What is done, how much of it, and how much there is: said while it runs.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Named:
    """A file by content: where it comes from and goes to. ``size_bytes`` is None when unknown."""

    company: str
    sha256: str
    size_bytes: int | None
    source: Path
    target: Path


@dataclass(frozen=True)
class Bad:
    """A file that could not be copied as what its name says: missing, unreadable or altered."""

    company: str
    sha256: str
    why: str


@dataclass
class Copied:
    """What a run of copying did."""

    files: int = 0
    size_bytes: int = 0
    bad: list[Bad] = field(default_factory=list)


def name_photos(
    photos: Iterable[tuple[str, str, int]], source: FolderBlobs, target: FolderBlobs
) -> list[Named]:
    """Photos (company, SHA-256, bytes) from one folder of photos to another."""
    return [
        Named(company, sha256, size, source.path(company, sha256), target.path(company, sha256))
        for company, sha256, size in photos
    ]


def name_refused(source: Path, target: Path) -> list[Named]:
    """Bytes that were no photo: ``<company>/<SHA-256 found>.as.<SHA-256 declared>``."""
    return [
        Named(
            path.parent.name,
            path.name.partition(".as.")[0],
            None,
            path,
            target / path.parent.name / path.name,
        )
        for path in sorted(source.glob("*/*.as.*"))
    ]


def missing_bytes(files: Iterable[Named]) -> int:
    """How much would be written."""
    return sum(file.size_bytes or 0 for file in files if not is_there(file))


def is_there(file: Named) -> bool:
    """Whether the target has it, as far as its size tells."""
    try:
        size = file.target.stat().st_size
    except FileNotFoundError:
        return False
    return file.size_bytes is None or size == file.size_bytes


def copy_files(
    files: list[Named], progress: Progress, what: str, *, recheck: bool = False
) -> Copied:
    """Copy what the target does not have. A bad file is named; all the others are copied.

    ``recheck``: what the target has already is hashed too, and replaced where it is wrong.
    """
    copied = Copied()
    for done, file in enumerate(files):
        progress(what, done, len(files))
        if is_there(file) and not (recheck and isinstance(_read(file, file.target), str)):
            continue
        content = _read(file, file.source)
        if isinstance(content, str):
            copied.bad.append(Bad(file.company, file.sha256, content))
            continue
        write_whole(file.target, content)
        copied.files += 1
        copied.size_bytes += len(content)
    progress(what, len(files), len(files))
    return copied


def _read(file: Named, path: Path) -> bytes | str:
    """The bytes that the name promises, or what is wrong with them."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "unreadable"  # a bad place on the disk costs this file, not all the others
    return content if hashlib.sha256(content).hexdigest() == file.sha256 else "altered"
