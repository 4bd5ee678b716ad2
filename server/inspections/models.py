"""Tables of inspections as merged from the log, with what is derived from them for reading."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Model


class Inspection(Model):
    """A record's merged state (``fields``: JSON of field → value and stamp) and what lists need.

    Everything but ``fields`` is derived from it by ``derive.derive_inspections``. Its author is
    the user of ``device``. ``occurred_at_ms`` is the device's claim, bounded by the receipt.
    Scores are basis points (9085 is 90.85).
    """

    __tablename__ = "inspection"
    __table_args__ = (
        ForeignKeyConstraint(["company", "device"], ["device.company", "device.id"]),
        ForeignKeyConstraint(["company", "vehicle"], ["vehicle.company", "vehicle.id"]),
        ForeignKeyConstraint(["company", "driver"], ["crew_member.company", "crew_member.id"]),
        ForeignKeyConstraint(["company", "conductor"], ["crew_member.company", "crew_member.id"]),
        ForeignKeyConstraint(["company", "route"], ["route.company", "route.id"]),
        ForeignKeyConstraint(["company", "station"], ["station.company", "station.id"]),
        Index("ix_inspection_time", "company", "occurred_at_ms", "id"),
        Index("ix_inspection_vehicle", "company", "vehicle", "occurred_at_ms", "id"),
        Index("ix_inspection_driver", "company", "driver", "occurred_at_ms", "id"),
        Index("ix_inspection_conductor", "company", "conductor", "occurred_at_ms", "id"),
        Index("ix_inspection_device", "company", "device", "change_seq"),
    )

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    device: Mapped[str] = mapped_column(String(16))
    fields: Mapped[str] = mapped_column(Text)
    change_seq: Mapped[int] = mapped_column(BigInteger)
    first_received_at_ms: Mapped[int] = mapped_column(BigInteger)
    occurred_at_ms: Mapped[int] = mapped_column(BigInteger)
    clock_suspect: Mapped[bool] = mapped_column(Boolean)
    service_date: Mapped[str] = mapped_column(String(10), index=True)
    status: Mapped[str] = mapped_column(String(10))  # draft|finished|returned|confirmed|void
    mode: Mapped[str | None] = mapped_column(String(12))
    checklist: Mapped[str | None] = mapped_column(String(64))
    vehicle: Mapped[str | None] = mapped_column(String(36))
    driver: Mapped[str | None] = mapped_column(String(36))
    conductor: Mapped[str | None] = mapped_column(String(36))
    route: Mapped[str | None] = mapped_column(String(36))
    station: Mapped[str | None] = mapped_column(String(36))
    unmatched: Mapped[bool] = mapped_column(Boolean)  # something typed waits for the office
    total_bp: Mapped[int | None] = mapped_column(Integer)
    fault_points: Mapped[int] = mapped_column(Integer)
    grade: Mapped[str | None] = mapped_column(String(1))
    suspected: Mapped[int] = mapped_column(Integer)  # criticals not yet confirmed
    score: Mapped[str] = mapped_column(Text)  # JSON of sync.score.Score
    photos_named: Mapped[int] = mapped_column(Integer)
    photos_verified: Mapped[int] = mapped_column(Integer)
    completed_at_ms: Mapped[int | None] = mapped_column(BigInteger)


class Finding(Model):
    """One failed item of one inspection (问题), charged to one subject."""

    __tablename__ = "finding"
    __table_args__ = (
        ForeignKeyConstraint(["company", "inspection"], ["inspection.company", "inspection.id"]),
    )

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    inspection: Mapped[str] = mapped_column(String(36), primary_key=True)
    item: Mapped[str] = mapped_column(String(8), primary_key=True)
    severity: Mapped[str] = mapped_column(String(8))
    charged_to: Mapped[str] = mapped_column(String(10))
    fixed_on_spot: Mapped[bool] = mapped_column(Boolean)


class PhotoUse(Model):
    """A photo that a record names, whether or not its bytes have arrived."""

    __tablename__ = "photo_use"
    __table_args__ = (
        ForeignKeyConstraint(["company", "inspection"], ["inspection.company", "inspection.id"]),
        Index("ix_photo_use_sha256", "company", "sha256"),
    )

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    inspection: Mapped[str] = mapped_column(String(36), primary_key=True)
    field: Mapped[str] = mapped_column(String(100), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))


class Conflict(Model):
    """Two people gave one field two values and neither saw the other's: the reviewer's task.

    ``seq`` is the log number of the edit that came, ``other_seq`` of the one that it met.
    """

    __tablename__ = "conflict"
    __table_args__ = (
        ForeignKeyConstraint(["company", "inspection"], ["inspection.company", "inspection.id"]),
        Index("ix_conflict_open", "company", "settled_at_ms", "opened_at_ms"),
    )

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    inspection: Mapped[str] = mapped_column(String(36), primary_key=True)
    field: Mapped[str] = mapped_column(String(100), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    other_seq: Mapped[int] = mapped_column(BigInteger)
    opened_at_ms: Mapped[int] = mapped_column(BigInteger)
    settled_at_ms: Mapped[int | None] = mapped_column(BigInteger)
    settled_by: Mapped[str | None] = mapped_column(String(16))
