"""Verification as one walk: company by company, the log first, then all that it tells of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.accounts.models import Company
from server.db import Base
from server.evidence.heads import BadHead, HeadText, check_signed_head, list_signed
from server.evidence.store import Head
from server.verify.damage import Damage, readable
from server.verify.edits import check_edits
from server.verify.facts import check_facts
from server.verify.leaves import Ledger, check_leaves
from server.verify.office import check_office
from server.verify.records import check_records

ALL = 1_000_000  # days
# Called as progress(part) when a part of the walk begins.
Progress = Callable[[str], None]


def check_company(
    session: Session, company: Company, remembered: list[Head], key: str, progress: Progress
) -> Iterator[Damage]:
    """Every damage of one company's database.

    ``remembered``: heads that were kept elsewhere; ``key``: the public key of signed heads.
    """
    ledger = Ledger()
    signed = list_signed(session, company.id, ALL)
    heads = [*remembered, *(Head(head.size, head.hash) for head in signed)]
    parts = {
        "leaves": lambda: chain(
            _check_signed(signed, key), check_leaves(session, company.id, heads, ledger)
        ),
        "edits": lambda: check_edits(session, company.id, ledger),
        "records": lambda: check_records(session, company, ledger),
        "facts": lambda: check_facts(session, company.id, ledger),
        "office": lambda: check_office(session, company.id, ledger),
    }
    for part, check in parts.items():
        progress(part)
        yield from readable(part, check())


def check_owners(session: Session) -> Iterator[Damage]:
    """Every row is of a company that is there: with its company's row, all the rest of it would
    be out of sight, as if it had never been.
    """
    known = set(session.scalars(select(Company.id)))
    for table in Base.metadata.sorted_tables:
        if "company" in table.c:
            for company in sorted(set(session.scalars(select(table.c.company).distinct())) - known):
                yield Damage("owner_missing", table.name, company)


def _check_signed(signed: list[HeadText], key: str) -> Iterator[Damage]:
    for head in signed:
        try:
            check_signed_head(head.line, key)
        except BadHead as error:
            yield Damage("head_signature", head.day, error.code)
