"""Faults 75 and 76: a new release's tables, made while phones push, and by a process that dies."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

import pytest
from alembic import command
from flask import Flask

from server import create_app
from server.config import Settings, read_settings
from server.db import db
from server.migrations import make_config, upgrade
from tests.faults.tally import Tally
from tests.support.clock import HandClock
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields, make_world

BEFORE = "0003"  # the tables of the step before the newest
OLDEST = "0001"
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def upgraded(settings: Settings, clock: HandClock) -> Flask:
    """The app over tables that were made by migration, as in an installation."""
    app = create_app(settings, clock)
    with app.app_context():
        upgrade()
    return app


@pytest.fixture
def company(upgraded: Flask, clock: HandClock) -> World:
    world = make_world(upgraded, clock, "清源县乡村公交有限公司", "川B")
    world.add_user("inspector", "inspector_fulltime")
    return world


def close(app: Flask) -> None:
    with app.app_context():
        db.session.close()
        db.engine.dispose()


def push_until(phone: Phone, world: World, stop: Event, replies: list[Any]) -> None:
    while not stop.is_set():
        edit = phone.edit(new_record(), inspection_fields(world))
        reply = phone.sync(edit)
        replies.append((edit["stamp"], reply.status_code, reply.json))


def test_phones_push_on_while_tables_are_made_and_taken_down(
    upgraded: Flask, company: World, tally: Tally, scale: int
) -> None:
    phone, stop = company.enrol("inspector"), Event()
    replies: list[Any] = []
    pushing = Thread(target=push_until, args=(phone, company, stop, replies))
    pushing.start()
    times = 3 * scale
    with upgraded.app_context():
        for _ in range(times):
            command.downgrade(make_config(), BEFORE)
            command.upgrade(make_config(), "head")
    stop.set()
    pushing.join()
    failed = [one for one in replies if one[1] != 200]
    tally.add(75, 2 * times, len(failed))
    assert failed == []
    assert len(replies) >= times
    assert phone.sync().json["missing_serials"] == []
    assert phone.get("/api/v1/sync/proof").json["edits"] == len(replies)
    close(upgraded)


def migrate(folder: Path, ready: Connection) -> None:
    """What `mingcha migrate` does, in a process that may be killed."""
    os.environ["MINGCHA_DATA"] = str(folder)
    app = create_app(read_settings())
    with app.app_context():
        ready.send("now")
        upgrade()
        ready.send("done")


def start_migrating(folder: Path) -> tuple[Any, Connection]:
    here, there = FORK.Pipe()
    process = FORK.Process(target=migrate, args=(folder, there))
    process.start()
    assert here.recv() == "now"
    return process, here


def read_all(folder: Path) -> dict[str, Any]:
    """Everything that an upgrade must bring over or make, and whether the file is whole."""
    with closing(sqlite3.connect(folder / "mingcha.sqlite3")) as file:
        queries = {
            "version": "SELECT version_num FROM alembic_version",
            "whole": "PRAGMA integrity_check",
            "edits": "SELECT seq, body, digest FROM edit ORDER BY seq",
            "records": "SELECT id, fields FROM inspection ORDER BY id",
        }
        return {name: file.execute(query).fetchall() for name, query in queries.items()}


def test_an_upgrade_that_is_killed_is_done_by_the_next_one(
    upgraded: Flask, company: World, tmp_path: Path, tally: Tally, scale: int
) -> None:
    phone = company.enrol("inspector")
    phone.push(*[phone.edit(new_record(), inspection_fields(company)) for _ in range(40)])
    with upgraded.app_context():
        command.downgrade(make_config(), OLDEST)
    close(upgraded)
    old = upgraded.extensions["mingcha"].settings.data_dir
    held = read_all(old)
    assert held["version"] == [(OLDEST,)]
    longest_s, rng, cut = _take_time(shutil.copytree(old, tmp_path / "whole")), Random(76), 0
    for number in range(3 * scale):
        folder = shutil.copytree(old, tmp_path / str(number))
        process, _ = start_migrating(folder)
        time.sleep(rng.uniform(0.1, 0.8) * longest_s)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        left = read_all(folder)
        cut += left["version"] == held["version"]
        again, _ = start_migrating(folder)
        again.join()
        new = read_all(folder)
        assert (left["whole"], new["whole"], again.exitcode) == ([("ok",)], [("ok",)], 0)
        assert left["version"] in (held["version"], new["version"])
        for name in ("edits", "records"):
            assert held[name] == left[name] == new[name]
        tally.add(76, 1, 0)
    assert cut >= 1  # some died before they were done


def _take_time(folder: Path) -> float:
    process, told = start_migrating(folder)
    began = time.monotonic()
    assert told.recv() == "done"
    took_s = time.monotonic() - began
    process.join()
    return took_s
