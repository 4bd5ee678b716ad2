"""What can go wrong in a fortnight: conflicts, late evidence, refusals, doubles, a lost photo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from server.accounts import store as accounts
from server.accounts.models import User
from server.db import begin_write, db
from server.edits.models import Quarantined
from server.fleet import store as fleet
from server.fleet.merges import VEHICLE
from server.inspections.merging import merge
from server.inspections.releasing import Answer, answer_refusal
from server.inspections.review import Review, match_inspection, review_inspection
from server.inspections.store import recount_photo
from server.photos.models import Photo
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields

LONG = "左侧第二排座椅扶手松动,已经提醒驾驶员,并在车队微信群里说明;" * 6
Push = Callable[[dict[str, Any]], str]


def in_office(world: World, reviewer: str, action: Callable[[User], object]) -> None:
    """What that person does, committed."""
    with world.app.app_context():
        begin_write(db.session)
        user = accounts.read_user_by_name(db.session, world.company, reviewer)
        assert user
        action(user)
        db.session.commit()


def add_conflicts(world: World, phone: Phone, reviewer: str, push: Push) -> dict[str, str]:
    """A record on which phone and office disagree, and one to which much came too late."""
    disputed = push({"route": world.routes[0]})
    links: dict[str, str | None] = {"vehicle": world.vehicles[1], "route": world.routes[1]}
    in_office(
        world,
        reviewer,
        lambda user: match_inspection(db.session, user, disputed, links, world.clock()),
    )
    world.clock.at_ms += 60_000
    phone.push(phone.edit(disputed, {"vehicle": world.vehicles[2], "route": None}))
    late = push({"mode": "daily"})
    in_office(
        world,
        reviewer,
        lambda user: review_inspection(db.session, user, late, Review("confirm"), world.clock()),
    )
    came = {"answers/P6-03": {"value": "fail", "note": LONG}, "reply": "补一张照片"}
    phone.push(phone.edit(late, came))
    return {"disputed": disputed, "late": late}


def add_refusals(world: World, phone: Phone, reviewer: str, record: str) -> None:
    """One that was explained, and one that waits, of a record that is there."""
    phone.push(phone.edit(record, {"review": None, "reply": LONG[:60]}))
    with world.app.app_context():
        kept = db.session.scalars(select(Quarantined)).one()
        refusal = (kept.device, kept.digest)
    note = "这一项由办公室填写,不用再报。" * 8
    in_office(
        world,
        reviewer,
        lambda user: answer_refusal(
            db.session, user, refusal, Answer("explained", note), world.clock()
        ),
    )
    world.clock.at_ms += 1000
    fields = {"answers/P6-03": {"value": "fail", "note": LONG}, "mode": "joyride", "review": None}
    phone.push(phone.edit(record, {**fields, "vehicle": world.vehicles[1]}))
    phone.push(phone.edit(new_record(), inspection_fields(world, mode="undercover", review=None)))


def add_doubles(world: World, reviewer: str) -> str:
    """A bus that was entered three times, of which one was merged; the survivor's id."""
    with world.app.app_context():
        begin_write(db.session)
        made = [
            fleet.save_vehicle(
                db.session, world.company, world.change(), fleet.VehicleCard(plate, number)
            ).id
            for plate, number in (
                ("川BD56789", "A-56789-南郊临时调拨"),
                ("川B56789", "T9"),
                ("BD56798", "T10"),
            )
        ]
        db.session.commit()
    pair = (made[1], made[0])
    in_office(world, reviewer, lambda user: merge(db.session, user, VEHICLE, pair, world.clock()))
    return made[0]


def lose_photo(world: World, sha256: str) -> None:
    """The nightly look found that the photo's bytes are gone."""
    with world.app.app_context():
        begin_write(db.session)
        photo = db.session.get_one(Photo, (world.company, sha256))
        photo.damage, photo.damaged_at_ms = "missing", world.clock()
        recount_photo(db.session, world.company, sha256, world.clock())
        db.session.commit()
