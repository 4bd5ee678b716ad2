"""Commands that enter what inspections point at: stations, routes, vehicles, crew."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click
from sqlalchemy.orm import Session

from server.accounts.models import Company
from server.cli.opening import choose_company, opened_for_writing
from server.cli.people import Name, find_station, in_company
from server.cli.saying import Refused
from server.edits.founding import make_change
from server.fleet.models import Reference
from server.fleet.store import (
    CrewCard,
    RouteCard,
    VehicleCard,
    save_crew_member,
    save_route,
    save_station,
    save_vehicle,
)
from server.problems import Problem
from server.web import now_ms

KINDS = ("coach", "city_bus", "minibus")
DUTIES = ("driver", "conductor")
MAX_CAPACITY = 300
Row = TypeVar("Row", bound=Reference)

at_station = click.option("--station", metavar="NAME|ID", help="所属站场 / Its station.")
name_in_english = click.option("--name-en", type=Name(100), help="英文名称 / English name.")


@click.group()
def station() -> None:
    """站场 / Stations."""


@station.command("add")
@click.argument("name", type=Name(100))
@name_in_english
@in_company
def add_station(name: str, name_en: str | None, company: str | None) -> None:
    """新增站场,末行为其编号 / Add a station; the last line is its id."""
    with opened_for_writing() as (_, session):
        home = choose_company(session, company)
        change = make_change(session, home.id, now_ms())
        row = _entered(name, lambda: save_station(session, home.id, change, name, name_en or name))
        session.commit()
        click.echo(row.id)


@click.group()
def route() -> None:
    """线路 / Routes."""


@route.command("add")
@click.argument("code", type=Name(20))
@click.argument("name", type=Name(100))
@name_in_english
@at_station
@in_company
def add_route(
    code: str, name: str, name_en: str | None, station: str | None, company: str | None
) -> None:
    """新增线路,末行为其编号 / Add a route; the last line is its id."""
    with opened_for_writing() as (_, session):
        home, place = _home(session, company, station)
        change = make_change(session, home.id, now_ms())
        card = RouteCard(code, name, name_en or name, place)
        row = _entered(code, lambda: save_route(session, home.id, change, card))
        session.commit()
        click.echo(row.id)


@click.group()
def vehicle() -> None:
    """车辆 / Vehicles."""


@vehicle.command("add")
@click.argument("plate", type=Name(20))
@click.argument("fleet_number", type=Name(20))
@click.option("--capacity", type=click.IntRange(1, MAX_CAPACITY), required=True)
@click.option("--kind", type=click.Choice(KINDS), default=KINDS[0], show_default=True)
@at_station
@in_company
def add_vehicle(
    plate: str,
    fleet_number: str,
    capacity: int,
    kind: str,
    station: str | None,
    company: str | None,
) -> None:
    """新增车辆(运营性质随公司),末行为其编号 / Add a vehicle, licensed as its company is."""
    with opened_for_writing() as (_, session):
        home, place = _home(session, company, station)
        change = make_change(session, home.id, now_ms())
        card = VehicleCard(plate, fleet_number, kind, home.regime, capacity, place)
        row = _entered(plate, lambda: save_vehicle(session, home.id, change, card))
        session.commit()
        click.echo(row.id)


@click.group()
def crew() -> None:
    """驾乘人员 / Drivers and conductors."""


@crew.command("add")
@click.argument("staff_number", type=Name(20))
@click.argument("name", type=Name(60))
@click.option("--duty", type=click.Choice(DUTIES), default=DUTIES[0], show_default=True)
@at_station
@in_company
def add_crew(
    staff_number: str, name: str, duty: str, station: str | None, company: str | None
) -> None:
    """新增驾驶员或乘务员,末行为其编号 / Add a driver or conductor; the last line is the id."""
    with opened_for_writing() as (_, session):
        home, place = _home(session, company, station)
        change = make_change(session, home.id, now_ms())
        card = CrewCard(staff_number, name, duty, place)
        row = _entered(staff_number, lambda: save_crew_member(session, home.id, change, card))
        session.commit()
        click.echo(row.id)


def _home(session: Session, company: str | None, station: str | None) -> tuple[Company, str | None]:
    home = choose_company(session, company)
    return home, find_station(session, home, station) if station else None


def _entered(name: str, save: Callable[[], Row]) -> Row:
    """What was saved; a name that another has is refused in words."""
    try:
        return save()
    except Problem as problem:
        raise Refused("fleet_taken", name=name, why=problem.detail) from problem
