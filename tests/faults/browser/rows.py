"""What lies on the phone, and what the server holds of it: read straight from both databases."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import select

from server.db import db
from server.edits.models import EditRow, Quarantined
from server.photos.models import Photo
from tests.e2e.phone import hand
from tests.e2e.serving import Server

READ_ALL = """async () => {
  const open = indexedDB.open("mingcha");
  const db = await new Promise((done, fail) => {
    open.onsuccess = () => done(open.result);
    open.onerror = () => fail(open.error);
    open.onupgradeneeded = () => open.transaction.abort();
  });
  const names = ["devices", "edits", "records", "photos"];
  const tx = db.transaction(names);
  const all = await Promise.all(names.map((name) => new Promise((done) => {
    const asked = tx.objectStore(name).getAll();
    asked.onsuccess = () => done([name, asked.result.map(({ keys, ...row }) => row)]);
  })));
  db.close();
  return Object.fromEntries(all);
}"""


@dataclass
class PhoneRows:
    """The phone's own rows, as plain JSON."""

    devices: list[dict[str, Any]]
    edits: list[dict[str, Any]]
    records: list[dict[str, Any]]
    photos: list[dict[str, Any]]

    def record(self, identity: str) -> dict[str, Any] | None:
        return next((row for row in self.records if row["record"] == identity), None)


@dataclass
class ServerRows:
    """What the server took of these devices, and which photos it has proved."""

    edits: dict[str, dict[str, Any]] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    photos: set[str] = field(default_factory=set)


def read_phone(page: Page) -> PhoneRows:
    """Everything that matters of the phone's database."""
    return PhoneRows(**page.evaluate(READ_ALL))


def read_server(house: Server, devices: set[str]) -> ServerRows:
    """Everything that the server has from these devices."""
    return hand.patiently(lambda: _read_server(house, devices))


def _read_server(house: Server, devices: set[str]) -> ServerRows:
    assert house.world
    found = ServerRows()
    with house.world.app.app_context():
        for row in db.session.scalars(select(EditRow).where(EditRow.device.in_(devices))):
            if row.stamp in found.edits:
                found.repeated.append(row.stamp)
            fields = json.loads(row.body)["fields"]
            found.edits[row.stamp] = {"hash": row.digest, "state": row.state, "fields": fields}
        for kept in db.session.scalars(select(Quarantined).where(Quarantined.device.in_(devices))):
            found.refused.add(str(kept.stamp))
        found.photos = set(db.session.scalars(select(Photo.sha256)))
        db.session.rollback()
    return found
