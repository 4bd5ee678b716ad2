"""A company with a bit of everything in its log, and what verification says of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from server.accounts.models import Company
from server.config import Settings
from server.db import db
from server.evidence.heads import read_key
from server.evidence.store import Head
from server.verify.damage import Damage
from server.verify.whole import check_company
from tests.support.drawing import draw_jpeg, sha256_of
from tests.support.phone import Phone, new_record
from tests.support.tus import tus_of
from tests.support.world import World, inspection_fields

Verify = Callable[..., list[Damage]]


@pytest.fixture
def verify(world: World, settings: Settings) -> Verify:
    """Everything that verification finds wrong with this company now."""

    def found(*remembered: Head) -> list[Damage]:
        with world.app.app_context():
            company = db.session.get_one(Company, world.company)
            key = read_key(settings.data_dir).public
            walk = check_company(db.session, company, list(remembered), key, lambda _: None)
            return list(walk)

    return found


@pytest.fixture
def full(world: World, inspector: Phone) -> Phone:
    """A phone that has pushed accepted, late and refused edits, and a photo."""
    photo = draw_jpeg()
    record = new_record()
    fields = inspection_fields(world)
    fields["answers/P5-02"] |= {"photos": [sha256_of(photo)]}
    inspector.push(inspector.edit(record, fields))
    tus_of(inspector).send(photo)
    other = new_record()
    inspector.push(
        inspector.edit(other, inspection_fields(world, vehicle=world.vehicles[1])),
        inspector.edit(other, {"answers/P3-07": {"value": "fail", "note": "灭火器过期"}}),
        inspector.edit(new_record(), {"review": {"state": "confirmed", "note": ""}}),
        {"stamp": "no edit at all"},
    )
    inspector.push(inspector.edit(other, {"answers/P3-07": {"value": "pass"}}, at_ms=1))
    return inspector
