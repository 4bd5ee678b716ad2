"""Whatever happens in whatever order, a task arises exactly where somebody had not seen a value."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import func, select

from server.accounts.store import read_user_by_name
from server.db import begin_write, db
from server.inspections.models import Conflict
from server.inspections.review import match_inspection
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields

STEPS = 14
FIELD = "vehicle"


@dataclass
class Life:
    """One record's life, and what its phone was really shown: the stamps in answers it got."""

    world: World
    phone: Phone
    officer: dict[str, str]
    rng: random.Random
    record: str = field(default_factory=new_record)
    shown: set[str] = field(default_factory=set)

    def begin(self) -> None:
        self.phone.push(self.phone.edit(self.record, inspection_fields(self.world)))

    def step(self) -> tuple[int, int]:
        """One thing happens; gives (tasks that ought to arise, tasks that arose)."""
        self.world.clock.at_ms += self.rng.choice((0, 1, 1000, 60_000))
        before = self._count()
        act = self.rng.choice((self._match, self._pull, self._say, self._say))
        expected = act()
        return expected, self._count() - before

    def _match(self) -> int:
        chosen = self.rng.choice(self.world.vehicles)
        with self.world.app.app_context():
            begin_write(db.session)
            user = read_user_by_name(db.session, self.world.company, "officer")
            assert user
            links: dict[str, str | None] = {FIELD: chosen}
            match_inspection(db.session, user, self.record, links, self.world.clock())
            db.session.commit()
        return 0

    def _pull(self) -> int:
        self._hear(self.phone.sync())
        return 0

    def _say(self) -> int:
        """The phone says which bus it was: now, or hours ago without signal."""
        url = f"/api/v1/inspections/{self.record}"
        present = self.phone.get(url, self.officer).json["fields"][FIELD]
        value = self.rng.choice(self.world.vehicles)
        is_foreign = not present["stamp"].endswith(self.phone.device)
        is_unseen = present["stamp"] not in self.shown
        made_at_ms = self.world.clock() - self.rng.choice((0, 0, 7_200_000))
        reply = self.phone.sync(self.phone.edit(self.record, {FIELD: value}, at_ms=made_at_ms))
        assert reply.json["receipts"][0]["state"] == "accepted"
        if self.rng.random() < 0.6:  # else the answer is lost on the way
            self._hear(reply)
        return int(is_foreign and is_unseen and value != present["value"])

    def _hear(self, reply: Any) -> None:
        assert reply.json["more"] is False
        self.phone.cursor = reply.json["cursor"]
        for one in reply.json["records"]:
            if one["record"] == self.record:
                self.shown.add(one["fields"][FIELD]["stamp"])

    def _count(self) -> int:
        with self.world.app.app_context():
            query = select(func.count()).where(Conflict.inspection == self.record)
            return db.session.scalar(query) or 0


@pytest.mark.parametrize("seed", range(8))
def test_tasks_arise_where_a_value_was_not_seen_and_nowhere_else(
    world: World, inspector: Phone, officer: dict[str, str], seed: int
) -> None:
    life = Life(world, inspector, officer, random.Random(seed))
    life.begin()
    for number in range(STEPS):
        expected, arose = life.step()
        assert arose == expected, (seed, number)


def test_the_lives_that_are_tried_hold_tasks_and_none(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    life = Life(world, inspector, officer, random.Random(1))
    life.begin()
    expected = [life.step()[0] for _ in range(3 * STEPS)]
    assert 0 < sum(expected) < len(expected)
