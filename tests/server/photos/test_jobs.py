"""The worker: pictures soon after a photo, and nothing lost with the queue."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from server.config import Settings
from server.jobs import jobs_of, register_jobs
from server.photos.models import Photo
from tests.support.drawing import draw_jpeg, sha256_of
from tests.support.tus import TusPhone
from tests.support.world import World

Find = Callable[[str], Photo | None]
WORKER = (
    "from server import create_app; from server.config import read_settings; "
    "from server.jobs import run_worker; run_worker(create_app(read_settings()))"
)
PATIENCE_S = 60


def is_derived(find_photo: Find, photo: bytes) -> bool:
    found = find_photo(sha256_of(photo))
    return bool(found and found.derived_at_ms)


def test_a_verified_photo_is_queued_and_the_queue_makes_its_pictures(
    app: Flask, phone: TusPhone, find_photo: Find
) -> None:
    photo = draw_jpeg()
    phone.send(photo)
    queue: Any = jobs_of(app).queue
    assert not is_derived(find_photo, photo)
    assert len(queue) == 1
    queue.execute(queue.dequeue())
    assert is_derived(find_photo, photo)


def test_in_immediate_mode_the_pictures_are_there_with_the_answer(
    app: Flask, phone: TusPhone, find_photo: Find
) -> None:
    register_jobs(app, immediate=True)
    photo = draw_jpeg()
    phone.send(photo)
    assert is_derived(find_photo, photo)


def test_a_photo_counts_though_the_queue_cannot_be_opened(
    app: Flask, settings: Settings, phone: TusPhone, find_photo: Find
) -> None:
    (settings.data_dir / "jobs.sqlite3").mkdir()
    photo = draw_jpeg()
    phone.send(photo)
    assert find_photo(sha256_of(photo))


def test_the_worker_finds_photos_that_nobody_queued_and_stops_when_told(
    app: Flask, settings: Settings, phone: TusPhone, find_photo: Find
) -> None:
    photos = [draw_jpeg(100 + number, 80) for number in range(3)]
    for photo in photos:
        phone.send(photo)
    jobs_of(app).queue.flush()
    environment = {**os.environ, "MINGCHA_DATA": str(settings.data_dir)}
    with subprocess.Popen([sys.executable, "-c", WORKER], env=environment) as worker:
        deadline = time.monotonic() + PATIENCE_S
        while not all(is_derived(find_photo, photo) for photo in photos):
            assert time.monotonic() < deadline, "the worker made no pictures"
            assert worker.poll() is None, "the worker ended by itself"
            time.sleep(0.1)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE_S) == 0


def test_a_forged_entry_of_the_queue_is_not_opened(
    app: Flask, settings: Settings, world: World
) -> None:
    jobs_of(app).derive(world.company, "a" * 64)
    with sqlite3.connect(settings.data_dir / "jobs.sqlite3") as database:
        database.execute("update task set data = ?", (b"cos\nsystem\n(S'true'\ntR.:00",))
    database.close()
    queue: Any = jobs_of(app).queue
    with pytest.raises(ValueError, match="mismatch"):
        queue.dequeue()
