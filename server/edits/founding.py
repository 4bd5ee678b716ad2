"""How a company begins: its row, its log, and the checklist that ships with the product."""

from __future__ import annotations

from sqlalchemy.orm import Session

from server.accounts.models import Company
from server.accounts.store import save_company
from server.checklists.store import save_checklist
from server.evidence.store import lock_log, make_stamp, next_change
from server.fleet.store import Change
from sync.checklists import NINE_POINTS, bundled_body

# Who stamps what no phone and no reviewer wrote.
SERVER_DEVICE = "0" * 16


def found_company(
    session: Session, name: str, regime: str, now_ms: int, name_en: str = ""
) -> Company:
    """A company that can be worked in at once. The caller commits."""
    company = save_company(session, name, regime, now_ms, name_en)
    change = make_change(session, company.id, now_ms)
    body = bundled_body(NINE_POINTS)
    save_checklist(session, company.id, body, change.stamp, change.seq)
    return company


def make_change(session: Session, company: str, now_ms: int) -> Change:
    """The next change of reference data, by the server itself."""
    head = lock_log(session, company)
    return Change(make_stamp(head, SERVER_DEVICE, now_ms), next_change(head))
