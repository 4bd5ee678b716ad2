"""A small company over an empty database: what tests point at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from server.accounts import store as accounts
from server.accounts.models import User
from server.checklists.store import save_checklist
from server.db import begin_write, db
from server.evidence.store import lock_log, make_stamp, next_change
from server.fleet import store as fleet
from sync.checklists import NINE_POINTS, bundled_body
from tests.support.clock import HandClock
from tests.support.phone import Phone

SERVER_DEVICE = "0" * 16


@dataclass
class World:
    """A small company: what tests point at."""

    app: Flask
    clock: HandClock
    company: str
    stations: list[str] = field(default_factory=list)
    routes: list[str] = field(default_factory=list)
    vehicles: list[str] = field(default_factory=list)
    drivers: list[str] = field(default_factory=list)
    conductors: list[str] = field(default_factory=list)

    def change(self) -> fleet.Change:
        """The next change of reference data, by the server."""
        head = lock_log(db.session, self.company)
        stamp = make_stamp(head, SERVER_DEVICE, self.clock())
        return fleet.Change(stamp, next_change(head))

    def add_user(self, name: str, role: str, station: str | None = None) -> tuple[User, str]:
        """A user and their secret."""
        card = accounts.UserCard(name, role, f"{name} 显示名", station)
        with self.app.app_context():
            begin_write(db.session)
            made = accounts.save_user(db.session, self.company, card, self.clock())
            db.session.commit()
            db.session.refresh(made[0])
            db.session.expunge_all()
            return made

    def token(self, name: str) -> dict[str, str]:
        """Headers with an API token of this user's."""
        with self.app.app_context():
            begin_write(db.session)
            user = accounts.read_user_by_name(db.session, self.company, name)
            assert user
            token = accounts.save_user_token(db.session, user, self.clock())
            db.session.commit()
            return {"Authorization": f"Bearer {token}"}

    def enrol(self, name: str) -> Phone:
        """A phone of this user's, enrolled over HTTP with a key of its own."""
        with self.app.app_context():
            begin_write(db.session)
            user = accounts.read_user_by_name(db.session, self.company, name)
            assert user
            code = accounts.save_enrolment(db.session, user, self.clock(), 24)
            db.session.commit()
        phone = Phone(self.app.test_client(), self.clock)
        reply: Any = phone.client.post(
            "/api/v1/devices", json={"code": code, "name": "测试机", "public_key": phone.jwk()}
        )
        assert reply.status_code == 201, reply.get_data(as_text=True)
        phone.device, phone.token = reply.json["device"], reply.json["token"]
        return phone


def make_world(app: Flask, clock: HandClock, name: str, plates: str) -> World:
    """A company by that name, with plates that begin so."""
    with app.app_context():
        company = accounts.save_company(db.session, name, "road_passenger", clock())
        world = World(app, clock, company.id)
        change = world.change()
        save_checklist(db.session, company.id, bundled_body(NINE_POINTS), change.stamp, change.seq)
        _fill_fleet(world, plates)
        db.session.commit()
    return world


def _fill_fleet(world: World, plates: str) -> None:
    session, company = db.session, world.company
    for name, name_en in (("城南总站", "South Station"), ("柳林站", "Liulin Station")):
        row = fleet.save_station(session, company, world.change(), name, name_en)
        world.stations.append(row.id)
    for code in ("101", "102"):
        card = fleet.RouteCard(code, f"{code} 路", f"Route {code}", world.stations[0])
        world.routes.append(fleet.save_route(session, company, world.change(), card).id)
    for number in range(1, 4):
        bus = fleet.VehicleCard(
            f"{plates}1234{number}", f"00{number}", capacity=31, station=world.stations[0]
        )
        world.vehicles.append(fleet.save_vehicle(session, company, world.change(), bus).id)
    for number, name in enumerate(("王建国", "李秀英", "欧阳䶮"), start=1):
        member = fleet.CrewCard(f"D00{number}", name, "driver", world.stations[0])
        world.drivers.append(fleet.save_crew_member(session, company, world.change(), member).id)
    member = fleet.CrewCard("C001", "陈丽", "conductor", world.stations[0])
    world.conductors.append(fleet.save_crew_member(session, company, world.change(), member).id)


def inspection_fields(world: World, **changes: Any) -> dict[str, Any]:
    """A finished daily check of the first vehicle with two fails, as a phone would send it."""
    fields: dict[str, Any] = {
        "mode": "daily",
        "checklist": "nine-points@2026.1",
        "vehicle": world.vehicles[0],
        "driver": world.drivers[0],
        "conductor": world.conductors[0],
        "route": world.routes[0],
        "station": world.stations[0],
        "started_at": "2025-11-20T08:50:00+08:00",
        "finished_at": "2025-11-20T08:52:00+08:00",
        "state": "finished",
    }
    for item in ("P2-01", "P2-02", "P2-07", "P3-01", "P3-07", "P5-01", "P6-05"):
        fields[f"answers/{item}"] = {"value": "pass"}
    fields["answers/P3-02"] = {"value": 0}
    fields["answers/P8-01"] = {"value": 4}
    fields["answers/P8-05"] = {"value": 5}
    fields["answers/P8-04"] = {"value": 2}
    fields["answers/P5-02"] = {"value": "fail", "note": "未佩戴服务证", "photos": ["a" * 64]}
    fields["answers/P6-03"] = {"value": "fail", "note": "意见簿缺笔", "charged_to": "conductor"}
    return {**fields, **changes}
