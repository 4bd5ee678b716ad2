"""Two entries for one bus or one person: merged, read through, and taken apart again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, or_, select
from sqlalchemy.orm import Session

from server.evidence.store import append_evidence, lock_log
from server.fleet.models import CrewMember, CrewMerge, Vehicle, VehicleMerge
from server.problems import Problem


@dataclass(frozen=True)
class Kind:
    """What is merged: its word in the log and in addresses, its entries, the table of merges."""

    word: str
    model: type[Any]
    merge: type[Any]
    merged: Any  # the column of the merged entry's id; typed, it would be read as its value


VEHICLE = Kind("vehicle", Vehicle, VehicleMerge, VehicleMerge.vehicle)
CREW = Kind("crew", CrewMember, CrewMerge, CrewMerge.person)
KINDS = {kind.word: kind for kind in (VEHICLE, CREW)}


@dataclass(frozen=True)
class Act:
    """Who does it and when, with the place of the change in the pull."""

    user: str
    at_ms: int
    stamp: str
    change_seq: int


def merge_entries(
    session: Session, company: str, kind: Kind, merged: str, into: str, act: Act
) -> None:
    """From now on ``merged`` is read as ``into``; no record is rewritten. The caller has the
    log's lock, tells the log what the entry now holds, and commits.
    """
    _require_mergeable(session, company, kind, merged, into)
    names = {kind.merged.key: merged, "into": into}
    session.add(kind.merge(company=company, at_ms=act.at_ms, **names))
    _attest(session, company, kind, (merged, into), act, undone=False)


def _require_mergeable(session: Session, company: str, kind: Kind, merged: str, into: str) -> None:
    one, other = (session.get(kind.model, (company, id_)) for id_ in (merged, into))
    if not one or not other:
        raise Problem("not_found")
    if merged == into:
        raise Problem("merge_itself")
    # One step and no more: no chains, no circles, and each merge can be undone by itself.
    both = (merged, into)
    standing = select(kind.merge.into).where(
        kind.merge.company == company,
        or_(kind.merged.in_(both), kind.merge.into == merged),
    )
    if session.scalar(standing.limit(1)):
        raise Problem("merge_standing")
    unlike_duty = getattr(one, "duty", None) != getattr(other, "duty", None)
    if unlike_duty or (other.retired and not one.retired):
        raise Problem("merge_unlike")


def undo_merge(session: Session, company: str, kind: Kind, merged: str, act: Act) -> str:
    """Two entries again; gives the one that the other had been read as. The caller as above."""
    row = session.get(kind.merge, (company, merged))
    if not row:
        raise Problem("merge_missing")
    into: str = row.into
    session.execute(delete(kind.merge).where(kind.merge.company == company, kind.merged == merged))
    _attest(session, company, kind, (merged, into), act, undone=True)
    return into


def _attest(
    session: Session,
    company: str,
    kind: Kind,
    pair: tuple[str, str],
    act: Act,
    *,
    undone: bool,
) -> None:
    merged, into = pair
    content = {
        "what": kind.word,
        "id": merged,
        "into": into,
        "at_ms": act.at_ms,
        "user": act.user,
        "undone": undone,
    }
    append_evidence(session, lock_log(session, company), "link", content)
    row = session.get_one(kind.model, (company, merged))
    row.stamp, row.change_seq = act.stamp, act.change_seq  # phones hear of it


def read_survivor(session: Session, company: str, kind: Kind, entry: str) -> str:
    """The entry that this one is read as: itself unless it was merged."""
    row = session.get(kind.merge, (company, entry))
    return row.into if row else entry


def read_family(session: Session, company: str, kind: Kind, entry: str) -> tuple[str, ...]:
    """Every id that stands for the same bus or person, the surviving entry first."""
    into = read_survivor(session, company, kind, entry)
    merged = session.scalars(
        select(kind.merged)
        .where(kind.merge.company == company, kind.merge.into == into)
        .order_by(kind.merged)
    )
    return (into, *merged)


def list_merged(session: Session, company: str, kind: Kind, into: str) -> list[tuple[Any, int]]:
    """(entry, when) of each that is read as this one, the newest merge first."""
    rows = session.execute(
        select(kind.model, kind.merge.at_ms)
        .join(
            kind.merge, (kind.merge.company == kind.model.company) & (kind.merged == kind.model.id)
        )
        .where(kind.merge.company == company, kind.merge.into == into)
        .order_by(kind.merge.at_ms.desc(), kind.merged)
    )
    return [(row, at_ms) for row, at_ms in rows]


def is_standing(kind: Kind) -> ColumnElement[bool]:
    """True of an entry that was not merged into another."""
    merged = select(kind.merged).where(
        kind.merge.company == kind.model.company, kind.merged == kind.model.id
    )
    return ~merged.exists()


def is_called(kind: Kind, company: str, hits: ColumnElement[bool]) -> ColumnElement[bool]:
    """True of an entry of which the hits tell, or one that was merged into it."""
    return or_(hits, kind.model.id.in_(_survivors_of(kind, company, hits)))


def _survivors_of(kind: Kind, company: str, hits: ColumnElement[bool]) -> Select[str]:
    return (
        select(kind.merge.into)
        .join(
            kind.model, (kind.model.company == kind.merge.company) & (kind.model.id == kind.merged)
        )
        .where(kind.merge.company == company, hits)
    )


def entries_holding(kind: Kind, company: str, hits: ColumnElement[bool]) -> Select[str]:
    """The ids of which the hits tell, with those that stand for the same bus or person."""
    survivors = select(kind.model.id).where(
        kind.model.company == company, is_called(kind, company, hits)
    )
    merged = select(kind.merged).where(
        kind.merge.company == company, kind.merge.into.in_(survivors)
    )
    return select(kind.model.id).where(
        kind.model.company == company,
        or_(kind.model.id.in_(survivors), kind.model.id.in_(merged)),
    )


def merged_ids(session: Session, company: str, kind: Kind, ids: Iterable[str]) -> set[str]:
    """Those of the ids that were merged into another."""
    wanted = list(ids)
    if not wanted:
        return set()
    query = select(kind.merged).where(kind.merge.company == company, kind.merged.in_(wanted))
    return set(session.scalars(query))


def read_through(session: Session, company: str, kind: Kind, rows: Iterable[Any]) -> list[Any]:
    """The entries that these are read as, each once, in the same order."""
    found: dict[str, Any] = {}
    for row in rows:
        into = read_survivor(session, company, kind, row.id)
        found[into] = row if into == row.id else session.get_one(kind.model, (company, into))
    return list(found.values())
