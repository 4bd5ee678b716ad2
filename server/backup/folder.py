"""The backup folder: generations by their time, photos shared by all of them."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from server.backup.trouble import BackupTrouble
from server.blobs import FolderBlobs, make_folder, sync_folder

MANIFEST = "manifest.json"
# Not yet whole: nobody restores from a name that begins with a dot.
DRAFT = ".draft-"


class BackupFolder:
    """``generations/<UTC time>/`` holds a database, keys and a manifest; ``photos/`` and
    ``refused/`` hold bytes by content, once for all generations.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.generations = self.root / "generations"
        self.refused = self.root / "refused"
        self.photos = FolderBlobs(self.root / "photos")

    def path(self, generation: str) -> Path:
        return self.generations / generation

    def list_generations(self) -> list[str]:
        """The whole ones, oldest first."""
        if not self.generations.is_dir():
            return []
        return sorted(
            one.name
            for one in self.generations.iterdir()
            if not one.name.startswith(".") and (one / MANIFEST).is_file()
        )

    def choose(self, wanted: str | None) -> str:
        """That generation, the newest unless one is named."""
        known = self.list_generations()
        if not known:
            raise BackupTrouble("none_here", folder=self.root)
        if wanted is not None and wanted not in known:
            raise BackupTrouble("generation_unknown", name=wanted, known=", ".join(known[-5:]))
        return wanted or known[-1]

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One backup at a time; what one that was cut short left behind goes."""
        make_folder(self.generations)
        handle = os.open(self.generations, os.O_RDONLY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BackupTrouble("already_running", folder=self.root) from error
            for left in self.generations.glob(f"{DRAFT}*"):
                shutil.rmtree(left)
            yield
        finally:
            os.close(handle)

    @contextmanager
    def drafted(self, generation: str) -> Iterator[Path]:
        """A folder that becomes the generation when the block ends well, and nothing otherwise."""
        draft = self.generations / f"{DRAFT}{generation}"
        draft.mkdir(mode=0o700)
        try:
            yield draft
            sync_tree(draft)
            draft.rename(self.path(generation))
            sync_folder(self.generations)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise

    def drop_older(self, keep: int, made: str) -> list[str]:
        """Let go of all but the newest and the one just made, which a clock that was set back may
        call the oldest; photos stay, any generation may need them.
        """
        old = [name for name in self.list_generations()[:-keep] if name != made]
        for name in old:
            gone = self.generations / f"{DRAFT}{name}"
            self.path(name).rename(gone)  # at no moment is half a generation there by its name
            shutil.rmtree(gone)
        return old


def name_of(at_ms: int) -> str:
    """A generation's name: its time in UTC, so that plain order is time order."""
    moment = datetime.fromtimestamp(at_ms // 1000, UTC)
    return f"{moment:%Y%m%dT%H%M%S}.{at_ms % 1000:03d}Z"


@contextmanager
def private_files() -> Iterator[None]:
    """What is written meanwhile can be read by its owner only."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def sync_tree(folder: Path) -> None:
    """All files and names below are on disk when this returns."""
    for path in folder.rglob("*"):
        sync_folder(path)  # the same call for a file
    sync_folder(folder)


def require_room(folder: Path, needed_bytes: int) -> None:
    """Refuse before the disk is full rather than in the middle."""
    margin = 16 * 1024 * 1024
    free = shutil.disk_usage(folder).free
    if free < needed_bytes + margin:
        raise BackupTrouble(
            "no_room", folder=folder, needed=_mib(needed_bytes + margin), free=_mib(free)
        )


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / 1024 / 1024:.0f} MiB"
