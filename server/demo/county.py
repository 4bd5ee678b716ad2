"""The demo company: a county's stations, routes, vehicles, crew and people who sign in."""

from __future__ import annotations

import json
import random
import secrets
import uuid
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy.orm import Session

from server.accounts.models import Company, User
from server.accounts.store import HASHER, UserCard, keep_user, save_user
from server.demo.names import draw_names, draw_plates
from server.edits.founding import found_company, make_change
from server.fleet import store as fleet

VEHICLES = 80
RELIEFS = 20  # drivers without a vehicle of their own
CREW = 130  # 100 drivers and a conductor on every other rural vehicle
VEHICLES_OF_TOWN_ROUTE = 5
ROUTES_WITH_THREE = 16  # of the rural ones; the others have two vehicles


@dataclass(frozen=True)
class Person:
    """A driver or conductor. ``station`` counts from 0."""

    id: str
    name: str
    station: int


@dataclass(frozen=True)
class Bus:
    """A vehicle with its usual crew. ``number`` counts from 0."""

    number: int
    id: str
    plate: str
    station: int
    route: str
    driver: Person
    conductor: Person | None


@dataclass(frozen=True)
class Seat:
    """Somebody who signs in, and the secret to be shown once."""

    name: str
    role: str
    display_name: str
    secret: str


@dataclass(frozen=True)
class County:
    """The company as the month is drawn over it."""

    company: Company
    stations: list[str]
    places: list[tuple[int, int]]  # latitude and longitude of each station, e7
    buses: list[Bus]
    reliefs: list[Person]
    people: dict[str, User]  # by sign-in name
    inspectors: list[tuple[str, int | None]]  # sign-in name and station, full-time ones first
    seats: list[Seat]
    rows: list[Any]  # what the session would otherwise read again for every record


@cache
def read_plan() -> dict[str, Any]:
    """The names and places of the county."""
    text = resources.files(__package__ or "").joinpath("county.json").read_text(encoding="utf-8")
    return json.loads(text)


def found_county(session: Session, rng: random.Random, now_ms: int) -> County:
    """Enter the company with all that inspections point at. The caller commits."""
    plan = read_plan()
    named = plan["company"]
    company = found_company(session, named["name"], "road_passenger", now_ms, named["name_en"])
    entry = _Entry(session, company.id, now_ms)
    stations = [entry.station(one["name"], one["name_en"]) for one in plan["stations"]]
    lines = _spread_over_routes(plan["routes"])
    drivers, conductors = _enter_crew(entry, draw_names(rng, plan, CREW), lines, stations)
    routes = [entry.route(row, stations) for row in plan["routes"]]
    plates = draw_plates(rng, [regime for _, _, regime in lines])
    buses = [
        Bus(
            number,
            entry.vehicle(number, plates[number], regime, stations[home], routes[route]),
            plates[number],
            home,
            routes[route],
            drivers[number],
            conductors.get(number),
        )
        for number, (route, home, regime) in enumerate(lines)
    ]
    people, seats = _enter_people(session, company.id, plan, stations, now_ms)
    return County(
        company,
        stations,
        [(one["lat_e7"], one["lon_e7"]) for one in plan["stations"]],
        buses,
        drivers[VEHICLES:],
        people,
        [(name, home) for name, _, _, home in plan["inspectors"]],
        seats,
        entry.rows,
    )


def _enter_crew(
    entry: _Entry, names: list[str], lines: list[tuple[int, int, str]], stations: list[str]
) -> tuple[list[Person], dict[int, Person]]:
    """A driver for each vehicle and some to relieve them; conductors by vehicle number."""
    homes = [home for _, home, _ in lines]
    homes += [number * len(stations) // RELIEFS for number in range(RELIEFS)]
    drivers = [
        entry.crew(f"D{number + 1:03d}", names[number], "driver", stations, home)
        for number, home in enumerate(homes)
    ]
    rural = [number for number, (_, _, regime) in enumerate(lines) if regime != "city_bus"]
    conductors = {
        bus: entry.crew(
            f"C{number + 1:03d}", names[len(homes) + number], "conductor", stations, homes[bus]
        )
        for number, bus in enumerate(rural[::2])
    }
    return drivers, conductors


def _spread_over_routes(routes: list[Any]) -> list[tuple[int, int, str]]:
    """(route, station, regime) of each vehicle, in order of fleet number."""
    lines: list[tuple[int, int, str]] = []
    rural = 0
    for number, (_, _, _, station, regime) in enumerate(routes):
        size = VEHICLES_OF_TOWN_ROUTE
        if regime != "city_bus":
            size = 3 if rural < ROUTES_WITH_THREE else 2
            rural += 1
        lines += [(number, station, regime)] * size
    return lines


@dataclass(frozen=True)
class _Entry:
    """Enters reference rows one by one, each with its own place in the pull."""

    session: Session
    company: str
    now_ms: int
    rows: list[Any] = field(default_factory=list)

    def _change(self) -> fleet.Change:
        return make_change(self.session, self.company, self.now_ms)

    def station(self, name: str, name_en: str) -> str:
        return fleet.save_station(self.session, self.company, self._change(), name, name_en).id

    def route(self, row: Any, stations: list[str]) -> str:
        code, name, name_en, station, _ = row
        card = fleet.RouteCard(code, name, name_en, stations[station])
        return fleet.save_route(self.session, self.company, self._change(), card).id

    def vehicle(self, number: int, plate: str, regime: str, station: str, route: str) -> str:
        kind, capacity = "city_bus", 62
        if regime != "city_bus":
            kind, capacity = ("minibus", 19) if number % 5 == 0 else ("coach", 31 + number % 3 * 3)
        card = fleet.VehicleCard(plate, f"{number + 1:03d}", kind, regime, capacity, station, route)
        self.rows.append(fleet.save_vehicle(self.session, self.company, self._change(), card))
        return self.rows[-1].id

    def crew(
        self, staff_number: str, name: str, duty: str, stations: list[str], home: int
    ) -> Person:
        card = fleet.CrewCard(staff_number, name, duty, stations[home])
        row = fleet.save_crew_member(self.session, self.company, self._change(), card)
        return Person(row.id, name, home)


def _enter_people(
    session: Session, company: str, plan: dict[str, Any], stations: list[str], now_ms: int
) -> tuple[dict[str, User], list[Seat]]:
    people: dict[str, User] = {}
    seats: list[Seat] = []
    for name, role, display_name, home in plan["office"]:
        card = UserCard(name, role, display_name, stations[home] if home is not None else None)
        people[name], secret = save_user(session, company, card, now_ms)
        seats.append(Seat(name, role, display_name, secret))
    # Inspectors enrol a phone instead: nobody knows a secret of theirs until one is renewed.
    unknown = HASHER.hash(secrets.token_urlsafe(32))
    for name, role, display_name, home in plan["inspectors"]:
        people[name] = User(
            company=company,
            id=str(uuid.uuid4()),
            name=name,
            display_name=display_name,
            role=role,
            station=stations[home] if home is not None else None,
            secret_hash=unknown,
            active=True,
            created_at_ms=now_ms,
        )
        keep_user(session, people[name])
    return people, seats
