"""Refused edits in the office: readable, in order, and silent about secret authors."""

from __future__ import annotations

import pytest

from tests.server.office.staff import Seat, sit_down
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields, make_world


def refuse(phone: Phone, **fields: object) -> None:
    """Push an edit that a phone may not make."""
    edit = phone.edit(new_record(), {"review": {"state": "void", "note": "自己作废"}, **fields})
    [receipt] = phone.push(edit)
    assert receipt["state"] == "refused"


def test_a_refused_edit_can_be_read_whole_with_its_reason(reviewer: Seat, inspector: Phone) -> None:
    refuse(inspector, mode="daily")
    page = reviewer.page("/office/quarantine")
    assert "手机不能写入这个字段" in page
    assert "自己作废" in page
    assert "测试机" in page
    assert "2025-11-20 08:53" in page
    assert '<p class="quiet">审核</p>' in page


def test_an_empty_quarantine_says_what_it_is_for(reviewer: Seat) -> None:
    assert "没有被拒的记录" in reviewer.page("/office/quarantine")


def test_what_an_undercover_rider_sent_names_no_device(reviewer: Seat, inspector: Phone) -> None:
    refuse(inspector, mode="undercover")
    page = reviewer.page("/office/quarantine")
    assert "自己作废" in page
    assert "设备保密" in page
    assert "测试机" not in page
    assert inspector.device not in page


def test_whoever_may_not_read_undercover_records_reads_nothing_of_them_here(
    world: World, inspector: Phone
) -> None:
    refuse(inspector, mode="undercover")
    page = sit_down(world, "service", "csc_officer").page("/office/quarantine")
    assert "内容保密" in page
    assert "自己作废" not in page


def test_a_social_inspectors_device_is_never_named(world: World, reviewer: Seat) -> None:
    world.add_user("rider", "inspector_social")
    rider = world.enrol("rider")
    refuse(rider, mode="daily")
    page = reviewer.page("/office/quarantine")
    assert "测试机" not in page
    assert rider.device not in page


def test_pages_follow_each_other_without_gap(reviewer: Seat, inspector: Phone) -> None:
    edits = [inspector.edit(new_record(), {"review": None, "n": n}) for n in range(40)]
    inspector.push(*edits)
    first = reviewer.page("/office/quarantine")
    second = reviewer.page(first.split('rel="next" href="')[1].split('"')[0])
    assert first.count("<pre") == 30
    assert second.count("<pre") == 10
    seen = [n for n in range(40) for page in (first, second) if f'"n": {n},' in page]
    assert seen == list(range(40))


def test_no_address_on_a_page_names_a_secret_device(reviewer: Seat, inspector: Phone) -> None:
    for number in range(31):
        refuse(inspector, mode="undercover", n=number)
    page = reviewer.page("/office/quarantine")
    assert 'rel="next"' in page
    assert inspector.device not in page
    assert reviewer.get("/office/quarantine", after="1:a:b").status_code == 400


@pytest.mark.parametrize("role", ["station_manager", "auditor", "inspector_fulltime", "sysadmin"])
def test_only_reviewers_read_the_quarantine(world: World, inspector: Phone, role: str) -> None:
    refuse(inspector)
    seat = sit_down(world, "other", role, world.stations[0])
    assert seat.get("/office/quarantine").status_code == 403


def test_another_companys_refusals_stay_there(world: World, inspector: Phone) -> None:
    refuse(inspector)
    other = make_world(world.app, world.clock, "邻县公交公司", "川C")
    page = sit_down(other, "neighbour", "quality_head").page("/office/quarantine")
    assert "没有被拒的记录" in page


def test_a_good_edit_is_not_here(reviewer: Seat, inspector: Phone, world: World) -> None:
    inspector.push(inspector.edit(new_record(), inspection_fields(world)))
    assert "没有被拒的记录" in reviewer.page("/office/quarantine")
