"""A restore drill: a company at work, backups of it, and a server that comes back from one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from flask import Flask

from server import create_app
from server.accounts.store import read_user_by_name
from server.backup.folder import BackupFolder
from server.backup.keeping import Made, make_backup
from server.backup.restoring import Restored, Restoring, restore_backup
from server.config import Settings, read_settings
from server.db import db
from server.migrations import upgrade
from tests.faults.restore.handset import Handset
from tests.server.backup.house import close
from tests.support.clock import HandClock
from tests.support.drawing import draw_jpeg
from tests.support.phone import Phone
from tests.support.world import World, inspection_fields, make_world


def quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


@dataclass
class Drill:
    """One company; its server is replaced at each restore, its phones are not."""

    root: Path
    clock: HandClock
    app: Flask
    world: World
    handsets: list[Handset] = field(default_factory=list)
    restores: list[Restored] = field(default_factory=list)
    _drawn: int = 0

    @property
    def settings(self) -> Settings:
        return self.app.extensions["mingcha"].settings

    @property
    def folder(self) -> BackupFolder:
        return BackupFolder(self.root / "backups")

    def hire(self, name: str, *, knows_epochs: bool = True) -> Handset:
        """An inspector with a phone."""
        self.world.add_user(name, "inspector_fulltime")
        handset = Handset(name, self.world.enrol(name), knows_epochs)
        self.handsets.append(handset)
        return handset

    def work(self, records: int = 1, photos: int = 1) -> None:
        """Every phone saves records with photos, and hands them in."""
        for handset in self.handsets:
            for _ in range(records):
                self.clock.at_ms += 1000
                handset.save(inspection_fields(self.world), *self._draw(photos))
            assert handset.sync()

    def back_up(self) -> Made:
        self.clock.at_ms += 1000
        return make_backup(self.settings, self.folder, self.clock, quiet, keep=99)

    def lose_server(self, generation: str | None = None) -> Restored:
        """The machine is gone: a new one with what a generation holds answers in its place."""
        close(self.app)
        self.clock.at_ms += 1000
        how = Restoring(create_app, self.clock, lambda: str(uuid.uuid4()), quiet)
        data = self.root / f"server-{len(self.restores) + 1}"
        restored = restore_backup(data, self.folder, generation, how, aside=False)
        self.restores.append(restored)
        self.app = create_app(read_settings(data), self.clock)
        self.world = replace(self.world, app=self.app)
        for handset in self.handsets:
            handset.move_to(self.app)
        return restored

    def settle(self) -> None:
        """Every phone syncs until it holds nothing back; the office lets unknown ones in again."""
        for handset in self.handsets:
            if not handset.sync():
                handset.start_again(self._let_in(handset.user))
                assert handset.sync()
        for handset in self.handsets:
            assert handset.sync()

    def _let_in(self, name: str) -> Phone:
        with self.app.app_context():
            known = read_user_by_name(db.session, self.world.company, name)
        if not known:  # came after the backup, and is gone with all that the office did since
            self.world.add_user(name, "inspector_fulltime")
        return self.world.enrol(name)

    def _draw(self, number: int) -> list[bytes]:
        self._drawn += number
        return [
            draw_jpeg(40 + place % 200, 40 + place // 200)
            for place in range(self._drawn - number, self._drawn)
        ]


@contextmanager
def opened_drill(root: Path, clock: HandClock) -> Iterator[Drill]:
    """A company of two inspectors, one of whose phones knows nothing of epochs."""
    app = create_app(read_settings(root / "server-0"), clock)
    with app.app_context():
        upgrade()
    drill = Drill(root, clock, app, make_world(app, clock, "清源县乡村公交有限公司", "川B"))
    try:
        drill.hire("careful")
        drill.hire("careless", knows_epochs=False)
        yield drill
    finally:
        close(drill.app)
