"""Vehicle and crew files in the office: card, curve, open problems, timeline, pages."""

from __future__ import annotations

import re

import pytest

from server.inspections.chart import draw_chart
from server.inspections.files import ScorePoint
from tests.server.office.staff import Seat, inspect, rows_of, sit_down
from tests.support.phone import Phone
from tests.support.world import World, make_world


def test_a_vehicle_file_tells_what_was_found(reviewer: Seat, record: str, world: World) -> None:
    page = reviewer.page(f"/office/vehicles/{world.vehicles[0]}")
    assert rows_of(page) == [record]
    assert "D001 王建国" in page
    assert "n=1" in page
    assert "P5-02 服务证" in page
    assert "责任:驾驶员" in page


def test_a_person_answers_only_for_what_is_charged_to_them(
    reviewer: Seat, record: str, world: World
) -> None:
    driver = reviewer.page(f"/office/crew/{world.drivers[0]}")
    assert "P5-02 服务证" in driver
    assert "P6-03" not in driver
    assert "另有 1 项不合格,责任不在本人" in driver
    conductor = reviewer.page(f"/office/crew/{world.conductors[0]}")
    assert "P6-03 意见簿" in conductor
    assert "P5-02" not in conductor


def test_a_problem_is_open_until_found_in_order(
    reviewer: Seat, record: str, inspector: Phone, world: World
) -> None:
    path = f"/office/crew/{world.drivers[0]}"
    assert "#fail-P5-02" in reviewer.page(path)
    world.clock.at_ms += 25 * 60_000  # within the reviewer's sign-in
    later = {"started_at": "2025-11-20T09:10:00+08:00", "finished_at": "2025-11-20T09:12:00+08:00"}
    inspect(inspector, world, **{"answers/P5-02": {"value": "pass"}}, **later)
    assert "没有未解决的问题" in reviewer.page(path)


def test_a_void_inspection_stays_in_the_story_and_out_of_the_score(
    head: Seat, record: str, world: World
) -> None:
    head.review(record, "void", "重复")
    page = head.page(f"/office/vehicles/{world.vehicles[0]}")
    assert rows_of(page) == [record]
    assert "不计入得分" in page
    assert "还没有可评分的检查" in page


def test_older_pages_follow_without_gap(reviewer: Seat, inspector: Phone, world: World) -> None:
    made = {inspect(inspector, world) for _ in range(25)}
    first = reviewer.page(f"/office/vehicles/{world.vehicles[0]}")
    older = reviewer.page(first.split('rel="next" href="')[1].split('"')[0])
    seen = [record for page in (first, older) for record in rows_of(page)]
    assert len(rows_of(first)) == 20
    assert len(seen) == 25
    assert set(seen) == made
    assert "已到最早" in older


def test_the_curve_says_in_words_and_numbers_what_it_draws(
    reviewer: Seat, inspector: Phone, world: World
) -> None:
    for _ in range(3):
        inspect(inspector, world)
    page = reviewer.page(f"/office/vehicles/{world.vehicles[0]}")
    label = re.search(r'<svg[^>]* aria-label="([^"]+)"', page)
    assert label
    assert "3 次检查的得分走势" in label[1]
    table = page.split("看数字")[1].split("</table>")[0]
    assert table.count("<tr>") == 4


@pytest.mark.parametrize("scores", [[0], [10_000], [0, 10_000], [5900, 5900, 9085]])
def test_every_point_lies_inside_the_picture(scores: list[int]) -> None:
    points = [
        ScorePoint(str(place), 1_763_600_000_000 + place * 86_400_000, bp, None)
        for place, bp in enumerate(scores)
    ]
    chart = draw_chart(points, "Asia/Shanghai")
    assert chart
    assert chart.n == len(scores)
    for dot in chart.dots:
        assert chart.left <= dot.x <= chart.right
        assert 0 < dot.y <= chart.floor
        assert dot.is_low == (dot.point.total_bp < 6000)


def test_without_scores_there_is_no_curve() -> None:
    assert draw_chart([], "Asia/Shanghai") is None


@pytest.mark.parametrize("role", ["inspector_fulltime", "sysadmin", "hr"])
def test_who_inspects_or_administers_opens_no_files(world: World, record: str, role: str) -> None:
    seat = sit_down(world, "other", role)
    for path in (
        "/office/vehicles",
        "/office/crew",
        f"/office/vehicles/{world.vehicles[0]}",
        f"/office/crew/{world.drivers[0]}",
    ):
        assert seat.get(path).status_code == 403
    assert 'href="/office/vehicles"' not in seat.get("/office/").get_data(as_text=True)


def test_a_manager_reads_files_as_far_as_the_own_station_goes(
    manager: Seat, inspector: Phone, world: World, record: str
) -> None:
    inspect(inspector, world, station=world.stations[1])
    assert rows_of(manager.page(f"/office/vehicles/{world.vehicles[0]}")) == [record]
    assert rows_of(manager.page(f"/office/crew/{world.drivers[0]}")) == [record]


def test_another_companys_files_do_not_exist(reviewer: Seat, world: World) -> None:
    other = make_world(world.app, world.clock, "邻县公交公司", "川C")
    assert reviewer.get(f"/office/vehicles/{other.vehicles[0]}").status_code == 404
    assert reviewer.get(f"/office/crew/{other.drivers[0]}").status_code == 404
    assert "川C" not in reviewer.page("/office/vehicles")


def test_lists_of_vehicles_and_crew_are_searched(reviewer: Seat, world: World) -> None:
    page = reviewer.page("/office/vehicles", q="2342")
    assert world.vehicles[1] in page
    assert world.vehicles[0] not in page
    page = reviewer.page("/office/crew", q="陈")
    assert world.conductors[0] in page
    assert world.drivers[0] not in page
    assert "没有找到" in reviewer.page("/office/crew", q="zzz")
