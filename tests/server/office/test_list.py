"""The list of inspections: filters, queues, pages without gaps, and who sees what."""

from __future__ import annotations

import pytest

from tests.server.office.staff import Seat, inspect, rows_of, sit_down
from tests.support.clock import HandClock
from tests.support.phone import Phone
from tests.support.world import World

LEAST, GREATEST = "2025-11-19", "2025-11-20"


def at(day: int, hour: int = 9) -> dict[str, str]:
    return {
        "started_at": f"2025-11-{day:02d}T{hour:02d}:00:00+08:00",
        "finished_at": f"2025-11-{day:02d}T{hour:02d}:05:00+08:00",
    }


@pytest.fixture
def three(inspector: Phone, world: World) -> dict[str, str]:
    """Three inspections that differ in everything a filter can ask for."""
    clean = {"answers/P5-02": {"value": "pass"}, "answers/P6-03": {"value": "pass"}}
    return {
        "first": inspect(inspector, world, **at(18)),
        "second": inspect(
            inspector,
            world,
            vehicle=world.vehicles[1],
            driver=world.drivers[1],
            conductor=None,
            route=world.routes[1],
            station=world.stations[1],
            mode="full",
            **clean,
            **at(19),
        ),
        "third": inspect(
            inspector,
            world,
            vehicle=None,
            vehicle_typed="川B88888",
            driver=world.drivers[2],
            mode="spot",
            **{"answers/P3-01": {"value": "fail"}},
            **at(20, 8),
        ),
    }


def names(seat: Seat, three: dict[str, str], **query: str) -> list[str]:
    by_id = {record: name for name, record in three.items()}
    return [by_id[record] for record in rows_of(seat.page("/office/", **query))]


def test_the_newest_stands_first(reviewer: Seat, three: dict[str, str]) -> None:
    assert names(reviewer, three) == ["third", "second", "first"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"vehicle": "12342"}, ["second"]),
        ({"vehicle": "川b·1234"}, ["second", "first"]),
        ({"vehicle": "001"}, ["first"]),
        ({"person": "李秀"}, ["second"]),
        ({"person": "d003"}, ["third"]),
        ({"person": "D003"}, ["third"]),
        ({"person": "陈丽"}, ["third", "first"]),
        ({"mode": "spot"}, ["third"]),
        ({"status": "finished"}, ["third", "second", "first"]),
        ({"status": "void"}, []),
        ({"date_from": "2025-11-19"}, ["third", "second"]),
        ({"date_to": "2025-11-18"}, ["first"]),
        ({"date_from": "2025-11-19", "date_to": "2025-11-19"}, ["second"]),
        ({"queue": "unmatched"}, ["third"]),
        ({"queue": "suspected"}, ["third"]),
        ({"queue": "photos"}, ["third", "first"]),
        ({"queue": "review", "mode": "full"}, ["second"]),
        ({"vehicle": "%"}, []),
        ({"vehicle": "_"}, []),
    ],
)
def test_each_filter_shows_what_fits_and_nothing_else(
    reviewer: Seat, three: dict[str, str], query: dict[str, str], expected: list[str]
) -> None:
    assert names(reviewer, three, **query) == expected


def test_station_route_and_grade_are_filters_too(
    reviewer: Seat, three: dict[str, str], world: World
) -> None:
    assert names(reviewer, three, station=world.stations[1]) == ["second"]
    assert names(reviewer, three, route=world.routes[0]) == ["third", "first"]
    by_grade = [names(reviewer, three, grade=grade) for grade in "ABCD"]
    assert sorted(record for part in by_grade for record in part) == ["first", "second", "third"]


@pytest.mark.parametrize(
    "query",
    [
        {"mode": "x"},
        {"status": "x"},
        {"grade": "E"},
        {"queue": "x"},
        {"date_from": "2025-13-01"},
        {"after": "x"},
        {"after": "1" * 20 + ":a"},
    ],
)
def test_a_value_that_nobody_offered_is_a_problem_in_words(
    reviewer: Seat, query: dict[str, str]
) -> None:
    reply = reviewer.get("/office/", **query)
    assert reply.status_code == 400
    assert "<h1>" in reply.get_data(as_text=True)


def test_names_that_the_router_knows_are_just_values(reviewer: Seat) -> None:
    page = reviewer.page("/office/", _scheme="x", _external="1", _anchor="y", endpoint="z")
    assert rows_of(page) == []


def test_the_queues_count_what_they_open(reviewer: Seat, three: dict[str, str]) -> None:
    page = reviewer.page("/office/")
    for queue in ("review", "suspected", "unmatched", "photos"):
        link = page.split(f'queue={queue}"')[1]
        count = int(link.split('class="count">')[1].split("<")[0])
        assert count == len(names(reviewer, three, queue=queue)), queue


def test_pages_follow_each_other_without_gap_or_repetition(
    reviewer: Seat, inspector: Phone, world: World, clock: HandClock
) -> None:
    # Sixty at the same instant: only the id tells them apart.
    made = {inspect(inspector, world, **at(20, 8)) for _ in range(60)}
    first = reviewer.page("/office/", mode="daily")
    following = first.split('rel="next" href="')[1].split('"')[0]
    assert "mode=daily" in following
    inspect(inspector, world, **at(20, 8), mode="full")  # what arrives meanwhile moves nothing
    clock.at_ms += 60_000
    inspect(inspector, world, started_at="2025-11-20T08:53:00+08:00", finished_at=None)
    second = reviewer.page(following)
    seen = rows_of(first) + rows_of(second)
    assert len(rows_of(first)) == 50
    assert len(seen) == len(set(seen)) == 60
    assert set(seen) == made
    assert 'rel="next"' not in second


def test_a_manager_sees_the_own_station_only(manager: Seat, three: dict[str, str]) -> None:
    assert names(manager, three) == ["third", "first"]


def test_an_inspector_sees_own_records_only(
    world: World, three: dict[str, str], inspector: Phone
) -> None:
    other = sit_down(world, "colleague", "inspector_fulltime")
    assert names(other, three) == []


def test_undercover_rides_are_listed_for_those_who_handle_them(
    world: World, reviewer: Seat, manager: Seat, inspector: Phone
) -> None:
    ride = inspect(inspector, world, mode="undercover")
    reader = sit_down(world, "leader", "team_leader")
    assert rows_of(reviewer.page("/office/")) == [ride]
    assert rows_of(manager.page("/office/")) == []
    assert rows_of(reader.page("/office/")) == []


@pytest.mark.parametrize("role", ["sysadmin", "hr", "crew", "dispatcher"])
def test_a_role_that_reads_nothing_is_told_so(world: World, role: str) -> None:
    seat = sit_down(world, "other", role)
    reply = seat.get("/office/")
    assert reply.status_code == 403
    assert "您的岗位没有这一页的权限" in reply.get_data(as_text=True)


def test_an_empty_list_says_what_will_come(reviewer: Seat) -> None:
    assert "检查员在手机上完成检查" in reviewer.page("/office/")
    assert "没有符合条件的检查" in reviewer.page("/office/", vehicle="zzz")
