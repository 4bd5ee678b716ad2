"""A photo that was lost or altered on the server is named on its record and on the desk."""

from __future__ import annotations

import pytest

from server.db import db
from server.photos.models import Photo
from tests.server.office.staff import Seat, inspect, sit_down
from tests.support.drawing import draw_jpeg, sha256_of
from tests.support.phone import Phone
from tests.support.tus import TusPhone
from tests.support.world import World


@pytest.fixture
def damaged(world: World, inspector: Phone) -> str:
    """A record whose only photo arrived and was lost again."""
    content = draw_jpeg()
    TusPhone(inspector.client, inspector.token).create_with(content, content)
    answer = {"value": "fail", "photos": [sha256_of(content)]}
    record = inspect(inspector, world, **{"answers/P5-02": answer})
    with world.app.app_context():
        photo = db.session.get_one(Photo, (world.company, sha256_of(content)))
        photo.damage, photo.damaged_at_ms = "missing", world.clock()
        db.session.commit()
    inspector.push(inspector.edit(record, {"reply": "?"}))  # counted anew
    return record


def test_the_record_and_the_desk_name_it(reviewer: Seat, damaged: str) -> None:
    shown = reviewer.page(f"/office/inspections/{damaged}")
    assert "1 张在服务器上损坏" in shown
    assert "照片损坏" in shown
    assert "还在手机上" not in shown
    page = reviewer.page("/office/tasks")
    assert "照片损坏" in page
    assert f"/office/inspections/{damaged}#photos-title" in page


def test_who_may_not_read_the_record_hears_nothing(
    world: World, inspector: Phone, damaged: str
) -> None:
    inspector.push(inspector.edit(damaged, {"mode": "undercover"}))
    page = sit_down(world, "service", "csc_officer").page("/office/tasks")
    assert "照片损坏" not in page


def test_where_all_photos_are_whole_nothing_is_said(reviewer: Seat, record: str) -> None:
    assert "损坏" not in reviewer.page("/office/tasks")
    assert "损坏" not in reviewer.page(f"/office/inspections/{record}")
