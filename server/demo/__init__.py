"""The demo company: a county's month of inspections, written the way real ones are.

Every record comes from an enrolled, signing phone and every decision from an office seat, so the
log, the chains, the receipts and the files are what they would be. Drawn from a seed: the same
each time for the same end date.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from server.blobs import FolderBlobs
from server.clock import DAY_MS, HOUR_MS, local_date
from server.demo.answers import Observer
from server.demo.county import Seat, found_county
from server.demo.living import Month
from server.demo.month import DAYS, Visit, midnight_of, plan_month, service_days
from server.demo.phones import DemoPhone, enrol_phone
from server.demo.photos import Album, keep_photos
from server.demo.records import pick_typed, write_fields
from server.demo.reviewing import Office
from server.inspections.rules import photos_named
from sync.checklists import NINE_POINTS, bundled_checklist

SEED = 20261
TIMEZONE = "Asia/Shanghai"
# A service day is over when its books are back.
DAY_ENDS_HOUR = 21
PHOTOS_AWAITED = 3


@dataclass(frozen=True)
class Loaded:
    """What was loaded, and who can sign in."""

    records: int
    photos: int
    seats: list[Seat]


def load_demo(
    session: Session, blobs: FolderBlobs, now_ms: int, end: date | None = None, days: int = DAYS
) -> Loaded:
    """Load the days up to ``end``, or to the last day that is over. The caller commits."""
    calendar = service_days(end or last_finished_day(now_ms), days)
    rng = random.Random(SEED)
    founded_ms = midnight_of(calendar[0], TIMEZONE) - DAY_MS
    county = found_county(session, rng, founded_ms)
    visits = plan_month(county, calendar, rng)
    typing = pick_typed(rng, len(visits))
    album = Album(SEED, TIMEZONE)
    observer = Observer(bundled_checklist(NINE_POINTS), rng, calendar[-1], album.take)
    fields = {
        visit.record: write_fields(county, visit, observer.answer(visit), typing, position, rng)
        for position, visit in enumerate(visits)
    }
    phones = {
        name: enrol_phone(session, county.people[name], founded_ms) for name, _ in county.inspectors
    }
    taken = _list_photos(visits, fields, phones)
    keep_photos(session, blobs, county.company.id, taken[:-PHOTOS_AWAITED], album)
    office = Office(session, county, rng, typing)
    Month(session, county, phones, fields, office, rng).live(visits, calendar)
    return Loaded(len(visits), len(taken) - PHOTOS_AWAITED, county.seats)


def _list_photos(
    visits: list[Visit], fields: dict[str, dict[str, Any]], phones: dict[str, DemoPhone]
) -> list[tuple[str, str, int]]:
    """(name, device, time) of every photo taken, oldest first."""
    return [
        (sha256, phones[visit.inspector].device.id, visit.finished_ms)
        for visit in visits
        for _, _, sha256 in photos_named(fields[visit.record])
    ]


def last_finished_day(now_ms: int) -> date:
    """The last service day that is over everywhere in the company."""
    return date.fromisoformat(local_date(now_ms - DAY_ENDS_HOUR * HOUR_MS, TIMEZONE))
