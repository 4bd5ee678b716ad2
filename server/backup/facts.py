"""What a database holds, read in one view of it: companies, heads, counts, photos."""

from __future__ import annotations

from dataclasses import dataclass

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.orm import Session

from server.accounts.models import Company
from server.db import Base
from server.evidence.models import Entry
from server.evidence.store import Head, read_head
from server.photos.models import Photo


@dataclass(frozen=True)
class CompanyFacts:
    """One company: its epoch, its evidence log's head (None before there was one), its rows."""

    id: str
    epoch: str
    head: Head | None
    counts: dict[str, int]


@dataclass(frozen=True)
class Facts:
    """A database of that kind and schema; ``photos`` are the verified ones, as (company,
    SHA-256, bytes).
    """

    kind: str
    schema: str
    companies: list[CompanyFacts]
    photos: list[tuple[str, str, int]]


def read_facts(connection: Connection) -> Facts:
    """All of it from the transaction that the connection is in; tables of any release."""
    kind = connection.dialect.name
    present = set(inspect(connection).get_table_names())
    with Session(connection) as session:
        schema = MigrationContext.configure(connection).get_current_revision() or ""
        if Company.__tablename__ not in present:
            return Facts(kind, schema, [], [])
        heads = Entry.__tablename__ in present
        counts = _count_rows(session, present)
        companies = [
            CompanyFacts(
                company, epoch, read_head(session, company) if heads else None, counts[company]
            )
            for company, epoch in session.execute(
                select(Company.id, Company.epoch).order_by(Company.id)
            )
        ]
        photos = session.execute(
            select(Photo.company, Photo.sha256, Photo.size_bytes).order_by(
                Photo.company, Photo.sha256
            )
        )
        return Facts(kind, schema, companies, [(row[0], row[1], row[2]) for row in photos])


def _count_rows(session: Session, present: set[str]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {
        company: {} for company in session.scalars(select(Company.id))
    }
    for table in Base.metadata.sorted_tables:
        if table.name not in present or "company" not in table.c:
            continue
        rows = session.execute(select(table.c.company, func.count()).group_by(table.c.company))
        for company, count in rows:
            counts[company][table.name] = count
    return counts
