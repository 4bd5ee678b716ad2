"""Verification as one walk: company by company, the log first, then all that it tells of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy.orm import Session

from server.accounts.models import Company
from server.evidence.heads import BadHead, HeadText, check_signed_head, list_signed
from server.evidence.store import Head
from server.verify.damage import Damage
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
    progress("leaves")
    signed = list_signed(session, company.id, ALL)
    yield from _check_signed(signed, key)
    heads = [*remembered, *(Head(head.size, head.hash) for head in signed)]
    yield from check_leaves(session, company.id, heads, ledger)
    progress("edits")
    yield from check_edits(session, company.id, ledger)
    progress("records")
    yield from check_records(session, company, ledger)
    progress("facts")
    yield from check_facts(session, company.id, ledger)
    progress("office")
    yield from check_office(session, company.id, ledger)


def _check_signed(signed: list[HeadText], key: str) -> Iterator[Damage]:
    for head in signed:
        try:
            check_signed_head(head.line, key)
        except BadHead as error:
            yield Damage("head_signature", head.day, error.code)
