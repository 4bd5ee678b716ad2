"""A company of its own for one run: users, their phones, a reviewer, and the run's history."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from server.accounts import store as accounts
from server.accounts.models import User
from server.clock import format_instant, system_now_ms
from server.db import begin_write, db
from server.inspections.review import Review, review_inspection
from server.problems import Problem
from tests.faults.network.history import History
from tests.faults.network.phone import Habits, Phone
from tests.faults.network.wire import PATIENCE_S, Wire
from tests.support.clock import HandClock
from tests.support.phone import Phone as Keys
from tests.support.world import World, inspection_fields, make_world

YEAR_MS = 31_557_600_000
REVIEWER = "reviewer"


@dataclass
class Town:
    """What one run has to itself, in a database that it may share with others."""

    app: Flask
    world: World
    seed: int
    history: History = field(default_factory=History)
    users: dict[str, str] = field(default_factory=dict)

    @property
    def company(self) -> str:
        return self.world.company

    def phone(self, name: str, port: int, habits: Habits | None = None) -> Phone:
        """One more phone of this user's; the user is made at their first."""
        user = self.users.get(name) or self._add(name, "inspector_fulltime")
        key = ec.generate_private_key(ec.SECP256R1())
        device, token = self._enrol(name, key)
        chance = random.Random(f"{self.seed}-{device}-{len(self.users)}")
        wire = Wire(port, PATIENCE_S)
        return Phone(
            wire, self.history, user, device, token, key, chance, habits or Habits(), self.epoch()
        )

    def epoch(self) -> str | None:
        with self.app.app_context():
            return accounts.read_epoch(db.session)

    def change_user(self, name: str, change: Callable[[User], None]) -> None:
        """What the office changes about a person, such as taking a right away."""
        with self.app.app_context():
            begin_write(db.session)
            user = accounts.read_user_by_name(db.session, self.company, name)
            assert user
            change(user)
            db.session.commit()

    def review(self, record: str, move: str = "confirm", note: str = "") -> bool:
        """The reviewer's move on a record; False when the record does not allow it just now."""
        if REVIEWER not in self.users:
            self._add(REVIEWER, "quality_head")
        with self.app.app_context():
            begin_write(db.session)
            user = accounts.read_user_by_name(db.session, self.company, REVIEWER)
            assert user
            try:
                review_inspection(db.session, user, record, Review(move, note), self.world.clock())
            except Problem:
                db.session.rollback()
                return False
            db.session.commit()
            return True

    def fields(self, phone: Phone, **changes: Any) -> dict[str, Any]:
        """A finished check as this phone would write it, its owner's name hidden in a note."""
        at = format_instant(phone.clock_ms())
        fields = inspection_fields(self.world, started_at=at, finished_at=at, **changes)
        note = {"value": "fail", "note": f"canary of {phone.user}"}
        return {**fields, "answers/P5-02": note}

    def _add(self, name: str, role: str) -> str:
        user, _ = self.world.add_user(name, role)
        self.users[name] = user.id
        return user.id

    def _enrol(self, name: str, key: ec.EllipticCurvePrivateKey) -> tuple[str, str]:
        # Not over HTTP: thirty phones a minute are all that one address may enrol.
        jwk = Keys(self.app.test_client(), self.world.clock, key).jwk()
        with self.app.app_context():
            begin_write(db.session)
            user = accounts.read_user_by_name(db.session, self.company, name)
            assert user
            code = accounts.save_enrolment(db.session, user, self.world.clock(), 24)
            made = accounts.receive_device(db.session, code, name, jwk, self.world.clock())
            enrolled = made[0].id, made[1]
            db.session.commit()
        return enrolled


class RealClock(HandClock):
    """The machine's clock where the small company expects one moved by hand."""

    def __call__(self) -> int:
        return system_now_ms()


def found_town(app: Flask, name: str, seed: int) -> Town:
    """A company by that name with its fleet and its checklist."""
    return Town(app, make_world(app, RealClock(), name, "川B"), seed)


def new_record() -> str:
    """A random record id, as phones make them."""
    return str(uuid.uuid4())
