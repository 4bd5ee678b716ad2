"""A busy fortnight for the office's pages: fails, photos, typed names, doubts, refusals."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image, ImageDraw

from server.accounts import store as accounts
from server.clock import DAY_MS
from server.db import begin_write, db
from server.inspections.review import Review, review_inspection
from server.jobs import derive_photo
from tests.e2e.office.trouble import add_conflicts, add_doubles, add_refusals, lose_photo
from tests.support.drawing import sha256_of
from tests.support.phone import Phone, new_record
from tests.support.tus import TusPhone
from tests.support.world import World, inspection_fields

LONG_NOTE = "<b>左侧第二排</b>座椅扶手松动,已提醒驾驶员;" * 8
FAILS = ("P8-01", "P6-05", "P5-01", "P2-02", "P3-07", "P5-02")


@dataclass
class Fortnight:
    """What the fortnight left behind: records by what they show; a bus that was entered twice."""

    records: dict[str, str] = field(default_factory=dict)
    double: str = ""


def fill_fortnight(world: World, phone: Phone, reviewer: str, days: int = 14) -> Fortnight:
    """Two inspections a day, and one of each kind that the office must be able to show."""
    fortnight = Fortnight()
    chance = random.Random(7)
    for day in range(days, 0, -1):
        for hour in (7, 15):
            _push(world, phone, _ordinary(world, chance), _at(world, day, hour))
    _add_specials(world, phone, fortnight)
    _review(world, reviewer, fortnight)
    _add_trouble(world, phone, reviewer, fortnight)
    _refuse(phone)
    return fortnight


def _at(world: World, days_ago: int, hour: int) -> datetime:
    moment = datetime.fromtimestamp((world.clock() - days_ago * DAY_MS) / 1000, UTC)
    return moment.replace(hour=hour, minute=12, second=0, microsecond=0)


def _ordinary(world: World, chance: random.Random) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "vehicle": chance.choice(world.vehicles),
        "driver": chance.choice(world.drivers),
        "route": chance.choice(world.routes),
    }
    for item in chance.sample(FAILS, chance.randrange(4)):
        changes[f"answers/{item}"] = _fail(item)
    return changes


def _fail(item: str, **more: Any) -> dict[str, Any]:
    return {"value": 2 if item == "P8-01" else "fail", **more}


def _push(world: World, phone: Phone, changes: dict[str, Any], at: datetime) -> str:
    record = new_record()
    times = {
        "started_at": at.isoformat(),
        "finished_at": (at + timedelta(minutes=3)).isoformat(),
    }
    base = {"answers/P5-02": {"value": "pass"}, "answers/P6-03": {"value": "pass"}}
    fields = inspection_fields(world, **{**base, **times, **changes})
    [receipt] = phone.push(phone.edit(record, fields))
    assert receipt["state"] == "accepted", receipt
    return record


def _add_specials(world: World, phone: Phone, fortnight: Fortnight) -> None:
    now = datetime.fromtimestamp(world.clock() / 1000, UTC) - timedelta(minutes=40)
    pictures = [_send_photo(world, phone, number) for number in range(3)]
    awaited, made_later = "ab" * 32, _send_photo(world, phone, 9, derived=False)
    kinds: dict[str, dict[str, Any]] = {
        "failing": {
            "answers/P3-01": _fail("P3-01", note="灭火器过期", photos=pictures[:2]),
            "answers/P2-07": _fail("P2-07", note="车底滴油", photos=[pictures[2]]),
            "answers/P8-01": _fail("P8-01", note=LONG_NOTE, photos=[made_later]),
            "answers/P5-02": _fail("P5-02", photos=[awaited], fixed_on_spot=True),
            "place": {"lat_e7": 314670000, "lon_e7": 1046800000, "accuracy_m": 12},
        },
        "typed": {
            "vehicle": None,
            "vehicle_typed": "川b·1234I",
            "driver": None,
            "driver_typed": "王 建国",
            "conductor": None,
            "conductor_typed": "买买提·阿不都热合曼<script>",
        },
        "undercover": {"mode": "undercover", "answers/P9-01": _fail("P9-01")},
        "void": {"route": None},
        "returned": {"answers/P6-03": _fail("P6-03", note="缺笔")},
        "confirmed": {"answers/P3-01": _fail("P3-01")},
        "full": {"mode": "full"},
    }
    for number, (name, changes) in enumerate(kinds.items()):
        fortnight.records[name] = _push(world, phone, changes, now - timedelta(minutes=number))
    fortnight.records["doubted"] = _push(world, phone, {}, now + timedelta(days=400))


def _send_photo(world: World, phone: Phone, number: int, derived: bool = True) -> str:
    picture = Image.new("RGB", (1200, 900), (60 + 50 * (number % 4), 110, 150))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((300, 200, 900, 700), fill=(220, 220 - 40 * (number % 4), 90))
    draw.text((40, 40), f"photo {number}", fill="white", font_size=60)
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=85)
    content = target.getvalue()
    sha256 = sha256_of(content)
    reply = TusPhone(phone.client, phone.token).create_with(content, content)
    assert reply.status_code == 201, reply.get_data(as_text=True)
    if derived:
        with world.app.app_context():
            derive_photo(world.company, sha256)
    return sha256


def _review(world: World, reviewer: str, fortnight: Fortnight) -> None:
    decisions = {
        "void": Review("void", "同一车次重复检查"),
        "returned": Review("return", "缺笔是哪一本?请补一张照片。"),
        "confirmed": Review("confirm", "", {"P3-01": "cctv"}),
    }
    for name, review in decisions.items():
        with world.app.app_context():
            user = accounts.read_user_by_name(db.session, world.company, reviewer)
            assert user
            begin_write(db.session)
            review_inspection(db.session, user, fortnight.records[name], review, world.clock())
            db.session.commit()


def _add_trouble(world: World, phone: Phone, reviewer: str, fortnight: Fortnight) -> None:
    def push(changes: dict[str, Any]) -> str:
        return _push(world, phone, changes, datetime.fromtimestamp(world.clock() / 1000, UTC))

    fortnight.records |= add_conflicts(world, phone, reviewer, push)
    add_refusals(world, phone, reviewer, fortnight.records["returned"])
    lost = _send_photo(world, phone, 5)
    photos = {"answers/P8-01": _fail("P8-01", photos=[lost])}
    fortnight.records["damaged"] = push(photos)
    lose_photo(world, lost)
    fortnight.double = add_doubles(world, reviewer)


def _refuse(phone: Phone) -> None:
    forbidden = phone.edit(new_record(), {"review": {"state": "confirmed", "note": ""}})
    phone.push(forbidden, {"stamp": "garbage", "note": LONG_NOTE})
