"""What is left on disk and belongs to nobody: named, and taken away when its time is over."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from server import blobs
from server.blobs import FolderBlobs, make_folder
from server.clock import DAY_MS, HOUR_MS
from server.config import Settings
from server.db import db
from server.photos.checking import check_photos
from server.photos.upkeep import purge_leftovers
from tests.support.clock import HandClock
from tests.support.drawing import draw_jpeg, sha256_of
from tests.support.tus import TusPhone
from tests.support.world import World

PHOTO = draw_jpeg()
NAME = sha256_of(PHOTO)


def written(path: Path, at_ms: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left over")
    os.utime(path, (at_ms / 1000, at_ms / 1000))
    return path


def test_a_file_without_a_row_is_a_stray_once_it_has_settled(
    app: Flask, world: World, clock: HandClock, phone: TusPhone, kept_path: Callable[[str], Path]
) -> None:
    phone.send(PHOTO)
    stray = sha256_of(b"stray")
    written(kept_path(stray), clock())
    store: FolderBlobs = app.extensions["mingcha"].blobs
    with app.app_context():
        named = [
            [one.sha256 for one in check_photos(db.session, store, world.company, **when)]
            for when in ({}, {"settled_before_ms": clock() + 1}, {"settled_before_ms": clock()})
        ]
    assert named == [[stray], [stray], []]


def test_refused_bytes_are_kept_for_their_days_and_no_longer(
    app: Flask, settings: Settings, world: World, clock: HandClock
) -> None:
    aside = settings.upload_dir / "refused" / world.company
    old = written(aside / "old", clock() - 30 * DAY_MS - 1000)
    young = written(aside / "young", clock() - 30 * DAY_MS + 1000)
    with app.app_context():
        purge_leftovers()
    assert (old.exists(), young.exists()) == (False, True)


def test_what_a_killed_writer_left_half_written_goes_after_an_hour(
    app: Flask, clock: HandClock, phone: TusPhone, kept_path: Callable[[str], Path]
) -> None:
    phone.send(PHOTO)
    folder = kept_path(NAME).parent
    old = written(folder / f".{NAME}.old", clock() - HOUR_MS - 1000)
    young = written(folder / f".{NAME}.young", clock() - HOUR_MS + 1000)
    with app.app_context():
        purge_leftovers()
    assert (old.exists(), young.exists()) == (False, True)
    assert kept_path(NAME).read_bytes() == PHOTO


def test_a_folder_that_a_killed_process_made_is_synced_before_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(blobs, "sync_folder", synced.append)
    left = tmp_path / "photos" / "company"
    left.mkdir(parents=True)
    make_folder(left / "ab")
    assert synced == [left.parent, left]
    make_folder(left / "ab")
    assert synced == [left.parent, left]
