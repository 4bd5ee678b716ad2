"""Receives edits of inspections: judged, merged by the one rule, derived, counted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from server.accounts.models import Company, Device, User
from server.accounts.rights import may
from server.checklists.models import ChecklistVersion
from server.edits.reading import read_late_fields
from server.edits.receipts import Incoming, Receipt
from server.edits.store import Verdict, receive_edits
from server.events import photo_damaged, photo_verified
from server.evidence.models import LogHead
from server.evidence.store import lock_log, next_change
from server.fleet.store import read_existing
from server.inspections.conflicts import Clash, find_clashes, open_conflicts, settle_conflicts
from server.inspections.derive import Deriving, count_photos, derive_inspections
from server.inspections.models import Inspection, PhotoUse
from server.inspections.rules import find_bad_field, is_office_field, photos_declared
from server.inspections.verified import read_verified
from sync.edit import Edit
from sync.merge import RecordState, merge_fields

KIND = "inspection"
SETTLED = ("confirmed", "void")


@dataclass
class Intake:
    """The records that one push touches, as they change edit by edit.

    ``owner``: the device in whose name a new record is made. It is another than ``device`` only
    where the office releases a refused edit, which is judged as late as its phone's would be.
    """

    session: Session
    head: LogHead
    device: Device
    owner: Device
    author: User
    now_ms: int
    checklists: set[str] = field(default_factory=set)
    rows: dict[str, Inspection] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    states: dict[str, RecordState] = field(default_factory=dict)
    changed: dict[str, None] = field(default_factory=dict)
    clashes: list[Clash] = field(default_factory=list)
    decided: dict[str, set[str]] = field(default_factory=dict)

    def judge(self, edit: Edit, order: str) -> Verdict:
        """Say what becomes of an edit, and merge it if it counts."""
        problem = self._problem(edit)
        if problem:
            return Verdict("refused", *problem)
        state = self.states.get(edit.record, {})
        is_late = self._is_late(edit)
        if self.device.kind == "phone" or is_late:
            self._find_clashes(edit, state, is_late)
        if is_late:
            return Verdict("late")
        merge = merge_fields(state, edit.fields, order)
        self.states[edit.record] = merge.state
        self.owners.setdefault(edit.record, self.owner.user)
        self.changed[edit.record] = None
        if self.device.kind == "office":
            self.decided.setdefault(edit.record, set()).update(edit.fields)
        return Verdict("accepted", won=tuple(merge.won))

    def _problem(self, edit: Edit) -> tuple[str, str] | None:
        if edit.kind != KIND:
            return "kind_unknown", edit.kind
        foreign = self._overreach(edit) if self.device.kind == "phone" else None
        if foreign:
            return foreign
        bad = find_bad_field(edit.fields)
        if bad:
            return "field_value", bad
        # A vehicle or person that is not known here waits for the office to match it; a checklist
        # that is not known cannot be scored by anybody.
        checklist = edit.fields.get("checklist")
        if checklist is not None and checklist not in self.checklists:
            return "reference_unknown", "checklist"
        return None

    def _overreach(self, edit: Edit) -> tuple[str, str] | None:
        """What a phone may not do: write without the right, in others' records, for the office."""
        if not may(self.author.role, "inspect"):
            return "not_allowed", ""
        if self.owners.get(edit.record, self.author.id) != self.author.id:
            return "record_foreign", ""
        row = self.rows.get(edit.record)
        if edit.fields.get("state") == "draft" and row is not None and row.status != "draft":
            return "field_forbidden", "state"  # what was handed in is not taken back from sight
        forbidden = next((name for name in edit.fields if is_office_field(name)), None)
        return ("field_forbidden", forbidden) if forbidden else None

    def _find_clashes(self, edit: Edit, state: RecordState, is_late: bool) -> None:
        row = self.rows.get(edit.record)
        if row is None or row.status == "void":
            return  # of a void record nothing counts any more: its history shows what came late
        seq = self.head.size + 1  # the number that the log gives to this edit
        self.clashes += find_clashes(edit, seq, state, self.device.id, is_late)

    def _is_late(self, edit: Edit) -> bool:
        # What the office has settled changes only by the office.
        row = self.rows.get(edit.record)
        is_phones = self.owner.kind == "phone"
        return is_phones and row is not None and row.status in SETTLED


def receive_push(
    session: Session,
    device: Device,
    incoming: list[Incoming],
    now_ms: int,
    saw: int | None = None,
    owner: Device | None = None,
) -> list[Receipt]:
    """Receipts for a push, its records merged and derived. The caller commits.

    ``saw``: the number of the last change that the phone had pulled, null when none. ``owner``:
    whose phone's refused edit the office releases by this.
    """
    head = lock_log(session, device.company)
    author = session.get_one(User, (device.company, device.user))
    intake = Intake(session, head, device, owner or device, author, now_ms)
    _gather(intake, [one.edit for one in incoming if isinstance(one.edit, Edit)])
    receipts = receive_edits(session, device, incoming, now_ms, intake.judge, saw)
    _derive_changed(intake)
    settle_conflicts(session, device, intake.decided, now_ms)
    open_conflicts(session, device, KIND, intake.clashes, saw or 0, now_ms)
    return receipts


def _derive_changed(intake: Intake) -> None:
    session, head = intake.session, intake.head
    company = session.get_one(Company, intake.device.company)
    deriving = Deriving(session, company, intake.now_ms)
    for record in intake.changed:
        row = intake.rows.get(record) or _new_row(intake, record)
        row.change_seq = next_change(head)
    changed = {record: intake.states[record] for record in intake.changed}
    with session.no_autoflush:  # a new row is not fit to be written before it is derived
        derive_inspections(deriving, changed, intake.rows)
    session.flush()


def _gather(intake: Intake, edits: list[Edit]) -> None:
    company = intake.device.company
    named = [edit.fields.get("checklist") for edit in edits]
    names = {name for name in named if isinstance(name, str)}
    intake.checklists = read_existing(intake.session, company, ChecklistVersion, names)
    records = {edit.record for edit in edits}
    rows = intake.session.execute(
        select(Inspection, Device.user)
        .join(Device, (Device.company == Inspection.company) & (Device.id == Inspection.device))
        .where(Inspection.company == company, Inspection.id.in_(records))
    )
    for row, owner in rows:
        intake.rows[row.id] = row
        intake.owners[row.id] = owner
        intake.states[row.id] = json.loads(row.fields)


def _new_row(intake: Intake, record: str) -> Inspection:
    row = Inspection(
        company=intake.device.company,
        id=record,
        device=intake.owner.id,
        first_received_at_ms=intake.now_ms,
        fields="{}",
        score="null",
        photos_verified=0,
    )
    intake.rows[record] = row
    return row


def read_awaited_photos(session: Session, device: Device) -> list[str]:
    """The photos that the records of this phone's user name and the server does not have.

    Late edits count too: what came after the decision is evidence all the same.
    """
    named = session.scalars(
        select(PhotoUse.sha256)
        .distinct()
        .join(
            Inspection,
            (Inspection.company == PhotoUse.company) & (Inspection.id == PhotoUse.inspection),
        )
        .where(
            Inspection.company == device.company,
            Inspection.device.in_(_devices_of(device)),
            Inspection.photos_verified < Inspection.photos_named,
        )
    )
    late = (photos_declared(fields) for fields in read_late_fields(session, device))
    wanted = set(named).union(*late)
    return sorted(wanted - read_verified(session, device.company, wanted))


def _devices_of(device: Device) -> Select[str]:
    return select(Device.id).where(Device.company == device.company, Device.user == device.user)


def list_own_changed(
    session: Session, device: Device, after: int, most: int
) -> list[tuple[int, dict[str, Any]]]:
    """Records of this device's user changed after ``after``, as (change number, as pulled)."""
    rows = session.scalars(
        select(Inspection)
        .where(
            Inspection.company == device.company,
            Inspection.device.in_(_devices_of(device)),
            Inspection.change_seq > after,
        )
        .order_by(Inspection.change_seq)
        .limit(most)
    )
    return [
        (row.change_seq, {"kind": KIND, "record": row.id, "fields": json.loads(row.fields)})
        for row in rows
    ]


def recount_photo(session: Session, company: str, sha256: str, now_ms: int) -> None:
    """Count the photos of every record that names this one anew: it came, or is gone."""
    lock_log(session, company)  # a push that names this photo right now is counted before or after
    records = session.scalars(
        select(Inspection)
        .join(
            PhotoUse,
            (PhotoUse.company == Inspection.company) & (PhotoUse.inspection == Inspection.id),
        )
        .where(PhotoUse.company == company, PhotoUse.sha256 == sha256)
        .order_by(func.length(Inspection.id), Inspection.id)
    )
    count_photos(session, list(records.unique()), now_ms)


def follow_photos() -> None:
    """Count a record's photos anew whenever one of them is verified."""
    photo_verified.connect(recount_photo)
    photo_damaged.connect(recount_photo)
