"""The checker of the restore drill: what a phone showed as saved is there, as it was saved."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.accounts.models import Company
from server.db import db
from server.edits.models import EditRow
from server.evidence.heads import read_key
from server.evidence.models import Entry
from server.evidence.store import read_consistency
from server.inspections.models import Inspection
from server.photos.models import Photo
from server.verify.whole import check_company
from tests.faults.restore.drill import Drill
from tests.faults.restore.handset import Handset


def check_drill(drill: Drill) -> list[str]:
    """Every promise that does not hold, each as one line; empty when all do."""
    with drill.app.app_context():
        found = [
            *_check_pages(drill),
            *_check_log(drill),
            *_check_epochs(drill, db.session),
            *_check_photos(drill, db.session),
        ]
        for handset in drill.handsets:
            found += _check_edits(drill, handset, db.session)
            found += _check_pulled(drill, handset, db.session)
        db.session.rollback()
    for handset in drill.handsets:
        proof = handset.phone.get("/api/v1/sync/proof").json
        if proof != handset.proof():
            found.append(f"proof: {handset.user}'s phone holds something else than the server")
    return found


def _check_pages(drill: Drill) -> Iterator[str]:
    with sqlite3.connect(drill.settings.data_dir / "mingcha.sqlite3") as database:
        (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
    if verdict != "ok":
        yield f"pages: {verdict}"


def _check_log(drill: Drill) -> Iterator[str]:
    company = db.session.get_one(Company, drill.world.company)
    key = read_key(drill.settings.data_dir).public
    for damage in check_company(db.session, company, [], key, lambda _: None):
        yield f"verify: {damage.code} {damage.place} {damage.detail}"


def _check_epochs(drill: Drill, session: Session) -> Iterator[str]:
    """One epoch more for each restore; each entry tells the head that it began at."""
    company = drill.world.company
    bodies = session.scalars(
        select(Entry.body)
        .where(Entry.company == company, Entry.kind == "epoch")
        .order_by(Entry.seq)
    )
    entries: list[dict[str, Any]] = [json.loads(body) for body in bodies]
    current = session.get_one(Company, company).epoch
    epochs = [entry["epoch"] for entry in entries]
    if len(set(epochs)) != len(epochs):
        yield "epoch: one was used twice"
    if epochs[-1] != current or any(one.epoch == current for one in drill.restores[:-1]):
        yield "epoch: the current one is not the newest"
    if drill.restores and (drill.restores[-1].epoch != current or len(entries) < 2):
        yield "epoch: the restore did not begin a new one"
    for before, entry in pairwise(entries):
        told = read_consistency(session, company, entry["seq"] - 1).old
        if (entry["old"], entry["size"], entry["hash"]) != (before["epoch"], told.size, told.hash):
            yield f"epoch: entry {entry['seq']} does not tell where it began"


def _check_photos(drill: Drill, session: Session) -> Iterator[str]:
    """Every photo that a phone saved is here under its name; nothing else is called verified."""
    held = {sha256 for handset in drill.handsets for sha256 in handset.photos}
    names = set(session.scalars(select(Photo.sha256).where(Photo.company == drill.world.company)))
    for sha256 in sorted(held - names):
        yield f"photo: {sha256} is missing"
    for sha256 in sorted(names):
        path = drill.settings.photo_dir / drill.world.company / sha256[:2] / sha256
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() != sha256:
            yield f"photo: {sha256} is called verified and has other bytes"


def _check_edits(drill: Drill, handset: Handset, session: Session) -> Iterator[str]:
    rows = session.execute(
        select(EditRow.stamp, EditRow.body).where(
            EditRow.company == drill.world.company, EditRow.device == handset.phone.device
        )
    )
    stored = {stamp: json.loads(body) for stamp, body in rows}
    made = {edit["stamp"]: edit for edit in handset.edits}
    for stamp in sorted(made.keys() - stored.keys()):
        yield f"edit: {stamp} is lost"
    for stamp in sorted(stored.keys() - made.keys()):
        yield f"edit: {stamp} was never made"
    for stamp in sorted(made.keys() & stored.keys()):
        if made[stamp] != stored[stamp]:
            yield f"edit: {stamp} was altered"


def _check_pulled(drill: Drill, handset: Handset, session: Session) -> Iterator[str]:
    """The phone was told of every record of its user's, as the server has it."""
    own = {edit["record"] for edit in handset.edits}
    rows = session.scalars(select(Inspection).where(Inspection.company == drill.world.company))
    for row in rows:
        if row.id in own and handset.records.get(("inspection", row.id)) != json.loads(row.fields):
            yield f"pull: {handset.user}'s phone was not told of {row.id}"
    for vehicle in drill.world.vehicles:
        if ("vehicle", vehicle) not in handset.records:
            yield f"pull: {handset.user}'s phone was not told of vehicle {vehicle}"
