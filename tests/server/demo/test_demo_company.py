"""The demo company is the county of the plan, and its month went the way real months go."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from pathlib import Path

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from server.accounts.keys import parse_public_key, signature_holds
from server.accounts.models import Device, User
from server.accounts.store import check_password
from server.crew.store import read_crew_file
from server.db import db
from server.edits.models import EditRow, PushSignature, Quarantined
from server.evidence.models import LogHead
from server.fleet.models import CrewMember, Route, Station, Vehicle
from server.inspections.models import Finding, Inspection
from server.photos.models import Photo
from server.vehicles.store import read_vehicle_file
from server.web import wiring
from sync.canonical import digest
from sync.edit import GENESIS
from tests.server.demo.conftest import LoadedDemo


def count(model: type, *where: ColumnElement[bool] | InstrumentedAttribute[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def test_it_has_the_size_of_the_county(demo: LoadedDemo) -> None:
    sizes = [count(model) for model in (Vehicle, Route, Station)]
    assert sizes == [80, 26, 3]
    assert Counter(db.session.scalars(select(CrewMember.duty))) == {"driver": 100, "conductor": 30}
    roles = Counter(db.session.scalars(select(User.role)))
    assert (roles["inspector_fulltime"], roles["inspector_social"]) == (6, 6)
    assert {"quality_head", "quality_officer", "station_manager"} <= roles.keys()


def test_it_has_a_month_of_inspections(demo: LoadedDemo) -> None:
    modes = Counter(db.session.scalars(select(Inspection.mode)))
    assert modes == {"daily": 2160, "full": 160, "undercover": 60, "spot": 20}
    assert count(Inspection, Inspection.clock_suspect) == 0
    days = set(db.session.scalars(select(Inspection.service_date)))
    assert len(days) == 30
    assert count(Quarantined) == 0


def test_its_failures_are_as_many_as_the_rates_say(demo: LoadedDemo) -> None:
    severities = Counter(db.session.scalars(select(Finding.severity)))
    assert 1300 <= severities.total() <= 1700
    assert 12 <= severities["critical"] <= 60
    assert severities["minor"] > severities["major"] > severities["critical"]


def test_its_work_is_at_every_stage(demo: LoadedDemo) -> None:
    statuses = Counter(db.session.scalars(select(Inspection.status)))
    assert statuses["confirmed"] > 2000
    assert statuses["finished"] > 100
    assert statuses["returned"] > 0
    assert statuses["void"] > 0
    assert count(Inspection, Inspection.unmatched) > 0
    assert count(Inspection, Inspection.suspected > 0) > 0
    assert count(Inspection, Inspection.photos_verified < Inspection.photos_named) > 0


def test_its_photos_are_the_bytes_that_their_names_say(demo: LoadedDemo) -> None:
    photos = list(db.session.scalars(select(Photo)))
    assert 200 <= len(photos) <= 600
    for photo in photos[::25]:
        path: Path = wiring().blobs.path(demo.company, photo.sha256)
        assert path.stat().st_size == photo.size_bytes


def test_every_phone_and_seat_has_one_unbroken_signed_chain(demo: LoadedDemo) -> None:
    edits = list(db.session.scalars(select(EditRow).order_by(EditRow.device, EditRow.serial)))
    chains: dict[str, str] = {}
    serials: Counter[str] = Counter()
    for edit in edits:
        serials[edit.device] += 1
        assert (edit.serial, edit.prev) == (
            serials[edit.device],
            chains.get(edit.device, GENESIS),
        )
        assert digest(json.loads(edit.body)) == edit.digest
        assert edit.state == "accepted"
        chains[edit.device] = edit.digest
    head = db.session.query(LogHead).one()
    assert head.size == len(edits) == max(edit.seq for edit in edits)


def test_every_push_was_signed_by_the_phones_own_key(demo: LoadedDemo) -> None:
    rows = db.session.execute(
        select(PushSignature, Device.public_key).join(
            Device, (Device.company == PushSignature.company) & (Device.id == PushSignature.device)
        )
    ).all()
    assert len({row.device for row, _ in rows}) == 12
    assert all(
        signature_holds(parse_public_key(json.loads(key or "")), row.signature, row.digest)
        for row, key in rows
    )


def test_every_record_is_in_its_vehicles_file_and_in_its_crews(demo: LoadedDemo) -> None:
    head = db.session.query(User).filter_by(name="head").one()
    found: dict[str, set[str]] = {}
    for vehicle in db.session.scalars(select(Vehicle.id)):
        file = read_vehicle_file(db.session, head, vehicle, None, 1000)
        found[vehicle] = {row.id for row in file.page.rows}
    for member in db.session.scalars(select(CrewMember)):
        file = read_crew_file(db.session, head, member, None, 1000)
        found[member.id] = {row.id for row in file.page.rows}
    wanted: dict[str, set[str]] = {whose: set() for whose in found}
    for row in db.session.scalars(select(Inspection)):
        for whose in filter(None, (row.vehicle, row.driver, row.conductor)):
            wanted[whose].add(row.id)
    assert found == wanted


def test_plates_and_names_are_believable(demo: LoadedDemo) -> None:
    plates = list(db.session.scalars(select(Vehicle.plate)))
    assert {len(plate) for plate in plates} == {7, 8}
    assert all(unicodedata.name(plate[0]).startswith("CJK") for plate in plates)
    assert not any(letter in "IO" for plate in plates for letter in plate[2:])
    names = list(db.session.scalars(select(CrewMember.name)))
    assert len(set(names)) == len(names) - 1  # two people share one
    assert any(ord(letter) > 0xFFFF for name in names for letter in name)


def test_first_secrets_are_said_once_and_work(demo: LoadedDemo) -> None:
    said = dict(line.split()[:2] for line in demo.said.splitlines() if line.startswith("  "))
    assert {"head", "officer", "chengnan"} <= said.keys()
    for name in ("head", "officer"):
        user = db.session.query(User).filter_by(name=name).one()
        assert check_password(user, said[name])
    assert len(set(said.values())) == len(said)


def test_it_is_loaded_within_twenty_seconds_of_work(demo: LoadedDemo) -> None:
    assert demo.cpu_seconds < 20
