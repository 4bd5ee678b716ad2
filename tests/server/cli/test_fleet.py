"""Stations, routes, vehicles and crew entered on the command line reach the phones."""

from __future__ import annotations

import pytest

from tests.server.cli.terminal import Terminal


@pytest.fixture
def terminal_of_company(terminal: Terminal) -> Terminal:
    terminal.last_line("company", "add", "青山公交", "--regime", "city_bus")
    terminal.last_line("station", "add", "城南站", "--name-en", "South")
    return terminal


ENTRIES = {
    "station": ("station", "add", "城北站"),
    "route": ("route", "add", "101", "火车站—县医院", "--station", "城南站"),
    "vehicle": ("vehicle", "add", "川B12345D", "001", "--capacity", "31", "--station", "城南站"),
    "crew": ("crew", "add", "D001", "欧阳䶮", "--duty", "conductor", "--station", "城南站"),
}


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_each_is_entered_once(terminal_of_company: Terminal, entry: tuple[str, ...]) -> None:
    identity = terminal_of_company.last_line(*entry)
    assert len(identity) == 36
    again = terminal_of_company.run(*entry)
    assert again.code == 1
    assert entry[2] in again.err


def test_the_same_plate_written_otherwise_is_the_same(terminal_of_company: Terminal) -> None:
    terminal_of_company.last_line(*ENTRIES["vehicle"])
    other = ("vehicle", "add", "川b·12345d", "002", "--capacity", "31")
    assert terminal_of_company.run(*other).code == 1


@pytest.mark.parametrize(("capacity", "code"), [("0", 2), ("1", 0), ("300", 0), ("301", 2)])
def test_a_capacity_is_bounded(terminal_of_company: Terminal, capacity: str, code: int) -> None:
    entry = ("vehicle", "add", "川B12345", "001", "--capacity", capacity)
    assert terminal_of_company.run(*entry).code == code


def test_a_station_that_is_not_there_is_named(terminal_of_company: Terminal) -> None:
    said = terminal_of_company.run("crew", "add", "D1", "王建国", "--station", "无此站")
    assert said.code == 1
    assert "无此站" in said.err
