"""The data folder that is restored into: empty, in nobody's use, and filled at one stroke."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.backup.folder import sync_tree
from server.backup.trouble import BackupTrouble
from server.blobs import make_folder, sync_folder
from server.config import RESTORING

DATABASE = "mingcha.sqlite3"
# Where SQLite keeps the locks that every open connection shares.
_SHARED_FIRST = 0x40000000 + 2
_SHARED_SIZE = 510


def require_free(data_dir: Path) -> None:
    """Refuse a folder that holds anything; a restore that was cut short leaves only copies."""
    left = list_content(data_dir)
    if left == [RESTORING]:
        shutil.rmtree(data_dir / RESTORING)
    elif left:
        raise BackupTrouble("not_empty", folder=data_dir)


def list_content(data_dir: Path) -> list[str]:
    return sorted(path.name for path in data_dir.iterdir()) if data_dir.is_dir() else []


def move_aside(data_dir: Path, stamp: str) -> Path | None:
    """Move everything in the data folder into a dated folder beside it. Nothing is deleted."""
    content = list_content(data_dir)
    if not content:
        return None
    for name in content:
        if name.endswith(".sqlite3") and _is_open(data_dir / name):
            raise BackupTrouble("in_use", file=data_dir / name)
    target = data_dir.with_name(f"{data_dir.name}.aside-{stamp}")
    try:
        target.mkdir(mode=0o700)
        for name in content:
            (data_dir / name).rename(target / name)
        sync_folder(target)
        sync_folder(data_dir)
        sync_folder(target.parent)
    except OSError as error:
        # A mounted folder, for one: its content cannot be moved beside it, only copied.
        raise BackupTrouble("aside_failed", folder=data_dir, why=error) from error
    return target


@contextmanager
def staged(data_dir: Path) -> Iterator[Path]:
    """A folder inside the data folder whose content becomes the data folder's when the block
    ends well, the database last. Until then nothing starts over it (``config.RESTORING``).
    """
    make_folder(data_dir)
    staging = data_dir / RESTORING
    staging.mkdir(mode=0o700)
    sync_folder(data_dir)
    try:
        yield staging
        sync_tree(staging)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    for name in sorted(list_content(staging), key=lambda name: name == DATABASE):
        (staging / name).rename(data_dir / name)
    sync_folder(data_dir)
    staging.rmdir()
    sync_folder(data_dir)


def _is_open(path: Path) -> bool:
    """Whether another process has this SQLite database open; it need not be readable for that."""
    with path.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
        except OSError:
            return True
    return False
