"""Tables of the log: every edit ever received, what was refused, and what signed it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.append_only import make_append_only
from server.db import Model


class EditRow(Model):
    """An edit as it came, with the receipt it got. Rows are only ever added.

    ``body`` is the canonical JSON of the whole edit; ``ordered_as`` is the stamp that counts in
    the merge where the device's own was ahead of the server's clock.
    """

    __tablename__ = "edit"
    __table_args__ = (
        UniqueConstraint("company", "stamp"),
        UniqueConstraint("company", "device", "serial"),
        ForeignKeyConstraint(["company", "device"], ["device.company", "device.id"]),
        Index("ix_edit_record", "company", "kind", "record", "seq"),
    )

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    stamp: Mapped[str] = mapped_column(String(40))
    device: Mapped[str] = mapped_column(String(16))
    serial: Mapped[int] = mapped_column(BigInteger)
    prev: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    record: Mapped[str] = mapped_column(String(36))
    body: Mapped[str] = mapped_column(Text)
    received_at_ms: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(8))  # accepted | late | refused
    problem: Mapped[str | None] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(String(300))
    ordered_as: Mapped[str | None] = mapped_column(String(40))


class Quarantined(Model):
    """A refused edit, kept whole until the office has dealt with it.

    ``digest`` is the SHA-256 of ``body``, so that the same refusal is kept once however often
    the phone sends it.
    """

    __tablename__ = "quarantine"
    __table_args__ = (
        ForeignKeyConstraint(["company", "device"], ["device.company", "device.id"]),
        Index("ix_quarantine_stamp", "company", "stamp"),
    )

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    device: Mapped[str] = mapped_column(String(16), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    stamp: Mapped[str | None] = mapped_column(String(40))
    serial: Mapped[int | None] = mapped_column(BigInteger)
    body: Mapped[str] = mapped_column(Text)
    problem: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(String(300))
    received_at_ms: Mapped[int] = mapped_column(BigInteger)


class PushSignature(Model):
    """The signature over one push's newest edit; through ``prev`` it covers all before it.

    What it signs lies in the log or in quarantine: two edits may have claimed one serial.
    """

    __tablename__ = "push_signature"
    __table_args__ = (ForeignKeyConstraint(["company", "device"], ["device.company", "device.id"]),)

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    device: Mapped[str] = mapped_column(String(16), primary_key=True)
    serial: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    signature: Mapped[str] = mapped_column(String(120))


class RefusalAnswer(Model):
    """What the office did with a refused edit: released into its record, or explained."""

    __tablename__ = "refusal_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company", "device", "digest"],
            ["quarantine.company", "quarantine.device", "quarantine.digest"],
        ),
        Index("ix_refusal_answer_change", "company", "change_seq"),
    )

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    device: Mapped[str] = mapped_column(String(16), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))  # released | explained
    note: Mapped[str] = mapped_column(String(1000))
    user: Mapped[str] = mapped_column(String(36))
    at_ms: Mapped[int] = mapped_column(BigInteger)
    change_seq: Mapped[int] = mapped_column(BigInteger)


for _model in (EditRow, Quarantined, PushSignature):
    make_append_only(_model.metadata.tables[_model.__tablename__])
