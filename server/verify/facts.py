"""Compares what records point at with what the log was last told of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.accounts.models import Company, Device, User
from server.accounts.store import company_evidence, device_evidence, user_evidence
from server.checklists.models import ChecklistVersion
from server.checklists.store import checklist_evidence
from server.fleet.models import CrewMember, Route, Station, Vehicle
from server.fleet.store import reference_evidence
from server.photos.models import Photo
from server.verify.damage import Damage, differing
from server.verify.leaves import PAGE, Ledger

Name = tuple[str, ...]


def check_facts(session: Session, company: str, ledger: Ledger) -> Iterator[Damage]:
    """Users, devices, lists, checklists and photos are as the log was last told."""
    yield from _check_company(session.get_one(Company, company), ledger)
    missing = set(ledger.facts)
    for name, found in _list_facts(session, company):
        told = ledger.facts.get(name)
        place = "/".join(name[1:] if name[0] == "reference" else name)
        missing.discard(name)
        if told is None:
            yield Damage("row_untold", place)
        elif wrong := _difference(name[0], told, found):
            yield Damage("row_altered", place, wrong)
    for name in sorted(missing):
        yield Damage("row_missing", "/".join(name))


def _check_company(row: Company, ledger: Ledger) -> Iterator[Damage]:
    told = [one for one in ledger.others if one["kind"] == "epoch"]
    if not told:
        yield Damage("row_untold", f"company/{row.id}")
        return
    found = company_evidence(row)
    if wrong := differing({name: told[-1].get(name, found[name]) for name in found}, found):
        yield Damage("row_altered", f"company/{row.id}", wrong)


def _difference(kind: str, told: dict[str, Any], found: dict[str, Any]) -> str:
    if kind == "reference":
        return differing(told.get("fields") or {}, found)
    return differing({name: told.get(name) for name in found}, found)


def _list_facts(session: Session, company: str) -> Iterator[tuple[Name, dict[str, Any]]]:
    for model in (Station, Route, Vehicle, CrewMember):
        for row in _rows(session, company, model):
            yield ("reference", model.__tablename__, row.id), reference_evidence(row)
    for row in _rows(session, company, ChecklistVersion):
        yield ("reference", "checklist", row.id), checklist_evidence(row)
    for row in _rows(session, company, User):
        yield ("user", row.id), user_evidence(row)
    for row in _rows(session, company, Device):
        yield ("device", row.id), device_evidence(row)
    for row in _rows(session, company, Photo):
        yield ("photo", row.sha256), _photo_evidence(row)


def _rows(session: Session, company: str, model: type[Any]) -> Iterator[Any]:
    query = select(model).where(model.company == company)
    yield from session.scalars(query.execution_options(yield_per=PAGE))


def _photo_evidence(row: Photo) -> dict[str, Any]:
    return {
        "sha256": row.sha256,
        "size_bytes": row.size_bytes,
        "device": row.device,
        "at_ms": row.verified_at_ms,
    }
