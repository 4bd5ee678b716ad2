"""What a phone has not seen yet: records and reference data after its cursor, in pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.accounts.models import Company, Device
from server.checklists.models import ChecklistVersion
from server.evidence.models import LogHead
from server.fleet.store import list_changed
from server.inspections.answers import list_answers
from server.inspections.store import list_own_changed
from server.problems import Problem


@dataclass(frozen=True)
class Page:
    """One page of a pull; ``cursor`` continues it."""

    records: list[dict[str, Any]]
    cursor: str
    more: bool


def read_page(session: Session, device: Device, cursor: str | None, secret: str, most: int) -> Page:
    """The next records in this device's scope. A change number is given under the log's lock,
    so none below the cursor can appear later.
    """
    after = read_cursor(session, device, cursor, secret)
    epoch = session.get_one(Company, device.company).epoch
    # Nothing beyond what was committed when we began: what comes meanwhile comes next time.
    known = session.scalar(select(LogHead.change_seq).where(LogHead.company == device.company))
    found = list_changed(session, device.company, after, most + 1)
    found += list_own_changed(session, device, after, most + 1)
    found += list_answers(session, device, after, most + 1)
    found += _list_checklists(session, device.company, after, most + 1)
    found = [change for change in found if change[0] <= (known or 0)]
    found.sort(key=lambda change: change[0])
    page = found[:most]
    reached = page[-1][0] if page else after
    token = _signer(secret).dumps([device.user, reached, epoch])
    return Page([record for _, record in page], str(token), len(found) > most)


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="pull-cursor")


def read_cursor(session: Session, device: Device, cursor: str | None, secret: str) -> int:
    """The number of the last change that this phone has seen, 0 before its first pull.

    A restore takes change numbers back, so one of an earlier epoch (or of the first release,
    which named none) counts for nothing: the phone gets everything again rather than skip any.
    """
    if cursor is None:
        return 0
    try:
        user, after, *epoch = _signer(secret).loads(cursor)
    except (BadSignature, ValueError, TypeError) as error:
        raise Problem("cursor_invalid") from error
    if user != device.user or type(after) is not int:
        raise Problem("cursor_invalid")
    return after if epoch == [session.get_one(Company, device.company).epoch] else 0


def _list_checklists(
    session: Session, company: str, after: int, most: int
) -> list[tuple[int, dict[str, Any]]]:
    rows = session.scalars(
        select(ChecklistVersion)
        .where(ChecklistVersion.company == company, ChecklistVersion.change_seq > after)
        .order_by(ChecklistVersion.change_seq)
        .limit(most)
    )
    return [
        (
            row.change_seq,
            {
                "kind": "checklist",
                "record": row.id,
                "fields": {"body": {"value": json.loads(row.body), "stamp": row.stamp}},
            },
        )
        for row in rows
    ]
