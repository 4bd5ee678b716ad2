"""The page of one inspection: what it says, what it keeps to itself, and its photos."""

from __future__ import annotations

import re

import pytest

from server.db import db
from server.jobs import derive_photo
from tests.server.office.staff import Seat, inspect, sit_down
from tests.support.drawing import draw_jpeg, sha256_of
from tests.support.phone import Phone, new_record
from tests.support.tus import tus_of
from tests.support.world import World, inspection_fields, make_world

SCRIPT = "<script>alert(1)</script>"


def test_fails_come_before_everything_else_in_words(reviewer: Seat, record: str) -> None:
    page = reviewer.page(f"/office/inspections/{record}")
    assert page.index("意见簿、调查表在位") < page.index("九项内容")
    assert "未佩戴服务证" in page
    assert "责任:乘务员" in page
    assert "▲" in page
    assert page.index("P6-03") < page.index("P5-02")  # the major before the minor


def test_all_items_of_the_mode_are_there_with_their_answers(reviewer: Seat, record: str) -> None:
    page = reviewer.page(f"/office/inspections/{record}")
    for words in ("灭火器在位有效", "4/5 分", "2 件", "相差 0", "已检查 13/13 项"):
        assert words in page


def test_the_same_page_reads_in_english(reviewer: Seat, record: str) -> None:
    reviewer.post("/office/language", lang="en", next="/office/")
    page = reviewer.page(f"/office/inspections/{record}")
    for words in ("Badge worn or displayed", "charged to conductor", "13 of 13 items", "Route 101"):
        assert words in page
    assert "不合格" not in page


def test_everything_typed_is_text_and_never_markup(
    world: World, inspector: Phone, reviewer: Seat, head: Seat
) -> None:
    record = inspect(
        inspector,
        world,
        vehicle=None,
        vehicle_typed=SCRIPT,
        driver_typed=SCRIPT,
        conductor_typed=SCRIPT,
        **{
            "answers/P5-02": {"value": "fail", "note": SCRIPT, SCRIPT: SCRIPT},
            f"x/{SCRIPT}": SCRIPT,
            "place": {"lat_e7": 1, "lon_e7": 1, "accuracy_m": 1},
        },
    )
    head.review(record, "return", SCRIPT)
    inspector.push({"stamp": SCRIPT, "fields": {SCRIPT: SCRIPT}})
    for path in (
        f"/office/inspections/{record}",
        f"/office/inspections/{record}/match/vehicle",
        "/office/unmatched",
        "/office/quarantine",
        "/office/",
    ):
        for query in ({}, {"vehicle": SCRIPT, "person": SCRIPT, "q": SCRIPT}):
            text = reviewer.get(path, **query).get_data(as_text=True)
            assert SCRIPT not in text, path
            assert "<script>" not in text, path
    assert "&lt;script&gt;" in reviewer.get(f"/office/inspections/{record}").get_data(as_text=True)


def test_names_that_hold_markup_are_text_in_files(
    world: World, reviewer: Seat, record: str
) -> None:
    form = {"name": SCRIPT, "staff_number": "<i>9</i>", "station": ""}
    path = f"/office/inspections/{record}/match/driver/new"
    assert reviewer.post(path, **form).status_code == 303
    page = reviewer.get(f"/office/inspections/{record}").get_data(as_text=True)
    link = re.search(r'href="(/office/crew/[^"]+)"', page)
    assert link
    for text in (
        page,
        *(
            reviewer.get(where).get_data(as_text=True)
            for where in ("/office/crew", link[1], "/office/")
        ),
    ):
        assert SCRIPT not in text
        assert "<i>9" not in text


def test_where_the_inspector_stood_is_not_shown(
    world: World, inspector: Phone, reviewer: Seat
) -> None:
    place = {"lat_e7": 314670012, "lon_e7": 1046800034, "accuracy_m": 12}
    page = reviewer.page(f"/office/inspections/{inspect(inspector, world, place=place)}")
    assert "已记录位置" in page
    assert "314670012" not in page


@pytest.mark.parametrize("later", ["daily", "undercover"])
def test_the_author_of_an_undercover_ride_is_named_nowhere(
    world: World, inspector: Phone, reviewer: Seat, head: Seat, later: str
) -> None:
    ride = inspect(inspector, world, mode="undercover")
    forbidden = {"review": {"state": "confirmed", "note": ""}}
    inspector.push(inspector.edit(ride, {"mode": later}), inspector.edit(ride, forbidden))
    head.review(ride, "confirm")
    driver = f"/office/crew/{world.drivers[0]}"
    for path in (f"/office/inspections/{ride}", "/office/quarantine", "/office/", driver):
        page = reviewer.page(path)
        assert "inspector 显示名" not in page, path
        assert inspector.device not in page, path
        if later == "undercover":
            assert "测试机" not in page, path
    assert "作者保密" in reviewer.page(f"/office/inspections/{ride}")
    assert "head 显示名" in reviewer.page(f"/office/inspections/{ride}")


def test_the_author_of_an_overt_inspection_is_named(reviewer: Seat, record: str) -> None:
    assert "inspector 显示名" in reviewer.page(f"/office/inspections/{record}")


def test_what_lost_against_a_newer_value_stays_visible(
    world: World, inspector: Phone, reviewer: Seat
) -> None:
    record = new_record()
    old = inspector.edit(
        record, {"answers/P5-01": {"value": "fail", "note": "旧"}}, at_ms=world.clock() - 9000
    )
    inspector.push(inspector.edit(record, inspection_fields(world)))
    inspector.push(old)
    page = reviewer.page(f"/office/inspections/{record}")
    assert "没有生效,因为已有更新的内容" in page
    assert "<td>不合格 · 旧</td><td>合格</td>" in page


def test_a_phone_ahead_of_time_is_marked(world: World, inspector: Phone, reviewer: Seat) -> None:
    record = new_record()
    ahead = world.clock() + 3_600_000
    fields = inspection_fields(world, finished_at="2030-01-01T00:00:00+08:00")
    inspector.push(inspector.edit(record, fields, at_ms=ahead))
    page = reviewer.page(f"/office/inspections/{record}")
    assert "设备时间超前,按收到时间排序" in page
    assert "手机时间与收到时间相差太大" in page


def test_a_refused_edit_may_hold_anything_and_is_shown_as_it_came(
    inspector: Phone, reviewer: Seat, record: str
) -> None:
    for fields in (
        {"review": "nonsense", "mode": 7},
        {"mode": "sideways", "state": ["x"], "started_at": {"a": 1}},
        {"answers/P5-02": {"value": "fail", "photos": 3, "charged_to": "moon"}},
        {"answers/P5-02": "text", "place": 5, "vehicle": {"x": [None]}},
        {"criticals/P3-01": {"source": "rumour"}, "driver": 12},
    ):
        [receipt] = inspector.push(inspector.edit(record, fields))
        assert receipt["state"] == "refused", fields
    page = reviewer.page(f"/office/inspections/{record}")
    assert page.count("以下内容被拒,未生效") == 5
    assert "sideways" in page
    assert "rumour" in page


def test_a_record_that_says_almost_nothing_has_a_page(inspector: Phone, reviewer: Seat) -> None:
    record = new_record()
    inspector.push(inspector.edit(record, {"state": "finished", "note": {"free": [1]}}))
    page = reviewer.page(f"/office/inspections/{record}")
    assert "没有这个版本的检查表" in page
    assert '{"free": [1]}' in page
    assert "未填车辆" in page


def test_after_one_record_comes_the_next_that_waits(
    inspector: Phone, reviewer: Seat, world: World, record: str
) -> None:
    path = f"/office/inspections/{record}/next"
    assert reviewer.get(path).headers["Location"] == "/office/?queue=review"
    other = inspect(inspector, world, finished_at="2025-11-19T08:00:00+08:00")
    assert reviewer.get(path).headers["Location"] == f"/office/inspections/{other}"
    onwards = f"/office/inspections/{other}/next"
    assert reviewer.get(onwards).headers["Location"] == f"/office/inspections/{record}"


def test_a_database_that_is_away_is_said_on_a_page(
    world: World, reviewer: Seat, record: str
) -> None:
    with world.app.app_context():
        db.session.execute(db.text("ALTER TABLE inspection RENAME TO elsewhere"))
        db.session.commit()
    reply = reviewer.get("/office/")
    assert reply.status_code == 503
    assert "服务器正忙" in reply.get_data(as_text=True)


@pytest.fixture
def pictured(inspector: Phone, world: World) -> tuple[str, str]:
    """A record with one photo that has arrived and one that has not; (record, sha256)."""
    content = draw_jpeg()
    tus_of(inspector).send(content)
    sha256 = sha256_of(content)
    answer = {"value": "fail", "photos": [sha256, "b" * 64]}
    return inspect(inspector, world, **{"answers/P5-02": answer}), sha256


def test_photos_say_how_far_they_are(
    reviewer: Seat, pictured: tuple[str, str], world: World
) -> None:
    record, sha256 = pictured
    page = reviewer.page(f"/office/inspections/{record}")
    assert "照片待上传" in page
    assert "1/2 张已到,还差 1 张" in page
    with world.app.app_context():
        derive_photo(world.company, sha256)
    page = reviewer.page(f"/office/inspections/{record}")
    assert f"/office/photos/{sha256}?size=screen" in page
    reply = reviewer.get(f"/office/photos/{sha256}", size="thumb")
    assert reply.status_code == 200
    assert reply.mimetype == "image/jpeg"
    assert "no-store" in reply.headers["Cache-Control"]


def test_a_photo_is_shown_to_readers_of_its_record_only(
    world: World, pictured: tuple[str, str], reviewer: Seat, manager: Seat, head: Seat
) -> None:
    _, sha256 = pictured
    with world.app.app_context():
        derive_photo(world.company, sha256)
    other = make_world(world.app, world.clock, "邻县公交公司", "川C")
    outsiders = (
        sit_down(world, "colleague", "inspector_fulltime"),
        sit_down(world, "away", "station_manager", world.stations[1]),
        sit_down(other, "neighbour", "quality_head"),
        sit_down(world, "admin", "sysadmin"),
    )
    for seat in (reviewer, manager, head):
        assert seat.get(f"/office/photos/{sha256}").status_code == 200
    for seat in outsiders:
        assert seat.get(f"/office/photos/{sha256}").status_code == 404


def test_a_photo_as_sent_is_for_the_few(
    pictured: tuple[str, str], reviewer: Seat, head: Seat
) -> None:
    _, sha256 = pictured
    assert reviewer.get(f"/office/photos/{sha256}", size="original").status_code == 403
    reply = head.get(f"/office/photos/{sha256}", size="original")
    assert sha256_of(reply.get_data()) == sha256


def test_a_preview_in_the_making_and_a_size_nobody_makes_are_said(
    pictured: tuple[str, str], reviewer: Seat
) -> None:
    _, sha256 = pictured
    reply = reviewer.get(f"/office/photos/{sha256}")
    assert reply.status_code == 404
    assert "预览图马上就好" in reply.get_data(as_text=True)
    assert reviewer.get(f"/office/photos/{sha256}", size="huge").status_code == 400
    assert reviewer.get(f"/office/photos/{'b' * 64}").status_code == 404
    assert reviewer.get("/office/photos/nonsense").status_code == 404
