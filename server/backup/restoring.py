"""Brings a generation back: checked first, then under a new epoch, so that phones heal the rest."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import URL, create_engine, inspect

from server.backup import postgresql_copy, sqlite_copy
from server.backup.content import Bad, Progress, copy_files, name_photos, name_refused
from server.backup.facts import Facts, read_facts
from server.backup.folder import BackupFolder, name_of, private_files, require_room
from server.backup.keeping import KEYS, opened_view
from server.backup.manifest import read_manifest
from server.backup.place import DATABASE, move_aside, require_free, staged
from server.backup.renewal import renew
from server.backup.trouble import BackupTrouble
from server.blobs import FolderBlobs
from server.clock import Clock
from server.config import Settings, read_settings
from server.db import read_url
from server.photos.spool import REFUSED


@dataclass(frozen=True)
class Restored:
    """What is in place now. ``bad``: photos the backup does not have; phones are asked for them."""

    name: str
    facts: Facts
    epoch: str
    bad: list[Bad]
    aside: Path | None


@dataclass(frozen=True)
class Restoring:
    """What a restore needs from outside: the app over a data folder, the clock, an id, a voice."""

    open_app: Callable[[Settings], Flask]
    clock: Clock
    new_id: Callable[[], str]
    progress: Progress


def restore_backup(
    data_dir: Path, folder: BackupFolder, wanted: str | None, how: Restoring, *, aside: bool
) -> Restored:
    """Put a generation into an empty data folder. Whole, or nothing is there."""
    name = folder.choose(wanted)
    generation = folder.path(name)
    manifest = read_manifest(generation)
    if folder.root.is_relative_to(data_dir):
        raise BackupTrouble("inside_data", folder=folder.root)
    moved = move_aside(data_dir, name_of(how.clock())) if aside else None
    require_free(data_dir)
    with private_files(), staged(data_dir) as staging:
        _put_keys(generation / KEYS, staging)
        settings = _read_settings(data_dir, staging)
        facts = _put_database(generation, settings, manifest["database"], how.progress)
        _require_same_heads(manifest, facts)
        files = name_photos(facts.photos, folder.photos, FolderBlobs(settings.photo_dir))
        files += name_refused(folder.refused, settings.upload_dir / REFUSED)
        require_room(data_dir, sum(file.size_bytes or 0 for file in files))
        bad = copy_files(files, how.progress, "photos").bad
        epoch = renew(how.open_app(settings), how.clock(), how.new_id(), bad)
        if manifest["database"] == "sqlite":
            sqlite_copy.settle(staging / DATABASE)
    return Restored(name, facts, epoch, bad, moved)


def _read_settings(data_dir: Path, staging: Path) -> Settings:
    """The settings as they will be, but over the staging folder."""
    settings = read_settings(staging)
    if read_url(settings).database == str(data_dir / DATABASE):
        return replace(settings, database_url=f"sqlite:///{staging / DATABASE}")
    return settings


def _put_keys(source: Path, staging: Path) -> None:
    for path in sorted(source.iterdir()) if source.is_dir() else ():
        shutil.copyfile(path, staging / path.name)


def _put_database(generation: Path, settings: Settings, kind: str, progress: Progress) -> Facts:
    url = read_url(settings)
    if url.get_backend_name() != kind:
        raise BackupTrouble("other_kind", kind=kind, here=url.get_backend_name())
    progress("database", 0, 1)
    if kind == "sqlite":
        target = settings.data_dir / DATABASE
        if Path(url.database or "") != target:
            raise BackupTrouble("database_elsewhere", where=url.database)
        require_room(settings.data_dir, (generation / sqlite_copy.FILE).stat().st_size)
        shutil.copyfile(generation / sqlite_copy.FILE, target)
        sqlite_copy.check(target)
    else:
        _require_no_tables(url)
        postgresql_copy.copy_in(url, generation / postgresql_copy.FILE)
    progress("database", 1, 1)
    with opened_view(settings) as connection:
        return read_facts(connection)


def _require_no_tables(url: URL) -> None:
    engine = create_engine(url)
    try:
        tables = inspect(engine).get_table_names()
    finally:
        engine.dispose()
    if tables:
        raise BackupTrouble("database_not_empty", tables=len(tables))


def _require_same_heads(manifest: dict[str, Any], facts: Facts) -> None:
    """The log must end where the manifest says that it ended."""
    written = {one["id"]: (one["epoch"], one["head"]) for one in manifest["companies"]}
    found = {
        one.id: (one.epoch, one.head and {"size": one.head.size, "hash": one.head.hash})
        for one in facts.companies
    }
    if written != found:
        raise BackupTrouble("heads_differ")
