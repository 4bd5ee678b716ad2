"""Makes one generation of a backup while the product is in use: whole, or not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError

from server.backup import postgresql_copy, sqlite_copy
from server.backup.content import (
    Bad,
    Copied,
    Named,
    Progress,
    copy_files,
    missing_bytes,
    name_photos,
    name_refused,
)
from server.backup.facts import Facts, read_facts
from server.backup.folder import BackupFolder, name_of, private_files, require_room
from server.backup.manifest import describe
from server.backup.trouble import BackupTrouble
from server.blobs import FolderBlobs, write_whole
from server.clock import Clock
from server.config import Settings
from server.db import read_url
from server.photos.spool import REFUSED

KEYS = "keys"
LARGEST_KEY = 64 * 1024  # beyond that it is a log, not a key
COPIES = {"sqlite": sqlite_copy, "postgresql": postgresql_copy}


@dataclass(frozen=True)
class Made:
    """A generation that is on disk. ``bad``: photos whose bytes it does not have."""

    name: str
    facts: Facts
    photos: Copied
    dropped: list[str]

    @property
    def bad(self) -> list[Bad]:
        return self.photos.bad


def make_backup(
    settings: Settings,
    folder: BackupFolder,
    clock: Clock,
    progress: Progress,
    *,
    keep: int,
    recheck: bool = False,
) -> Made:
    """Add a generation to the folder. The product may be used meanwhile.

    Photos come after the database: a photo's bytes are on disk before its row is, and are never
    altered, so all that the copied rows name are there.
    """
    if folder.root.is_relative_to(settings.data_dir):
        raise BackupTrouble("inside_data", folder=folder.root)
    at_ms = clock()
    name = name_of(at_ms)
    with private_files(), folder.alone():
        with folder.drafted(name) as draft:
            facts, copied = _fill(settings, folder, draft, progress, recheck)
            describe(draft, facts, copied.bad, at_ms)
        return Made(name, facts, copied, folder.drop_older(keep, name))


def _fill(
    settings: Settings, folder: BackupFolder, draft: Path, progress: Progress, recheck: bool
) -> tuple[Facts, Copied]:
    with opened_view(settings) as connection:
        copy = COPIES[connection.dialect.name]
        facts = read_facts(connection)
        files = _files_of(settings, folder, facts)
        require_room(folder.root, copy.measure(connection) + missing_bytes(files))
        copy.copy_out(connection, draft / copy.FILE, progress)
    copy.check(draft / copy.FILE)
    _keep_keys(settings.data_dir, draft / KEYS)
    return facts, copy_files(files, progress, "photos", recheck=recheck)


@contextmanager
def opened_view(settings: Settings) -> Iterator[Connection]:
    """One view of the database, whatever is written meanwhile."""
    address = read_url(settings)
    kind = address.get_backend_name()
    if kind not in COPIES:
        raise BackupTrouble("kind_unknown", kind=kind)
    if kind == "sqlite" and not Path(address.database or "").is_file():
        raise BackupTrouble("nothing_there", what=address.database)
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            # In SQLite every transaction has one view for its length anyway.
            if kind == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection
    except DBAPIError as error:
        raise BackupTrouble("source_unreadable", why=error.orig) from error
    finally:
        engine.dispose()


def _files_of(settings: Settings, folder: BackupFolder, facts: Facts) -> list[Named]:
    photos = name_photos(facts.photos, FolderBlobs(settings.photo_dir), folder.photos)
    return photos + name_refused(settings.upload_dir / REFUSED, folder.refused)


def _keep_keys(data_dir: Path, target: Path) -> None:
    """Every small file at the data folder's top but databases, so that no new key is forgotten."""
    for path in sorted(data_dir.iterdir()):
        if not path.is_file() or path.stat().st_size > LARGEST_KEY:
            continue
        if ".sqlite3" not in path.name and not path.name.startswith("."):
            write_whole(target / path.name, path.read_bytes())
