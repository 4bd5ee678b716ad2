"""Table of checklist versions. A row is written once and never changed."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Model


class ChecklistVersion(Model):
    """One version of a checklist, by the name that records carry: ``nine-points@2026.1``."""

    __tablename__ = "checklist"
    __table_args__ = (Index("ix_checklist_change", "company", "change_seq"),)

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[str] = mapped_column(Text)  # JSON as sync.checklist reads it
    stamp: Mapped[str] = mapped_column(String(40))
    change_seq: Mapped[int] = mapped_column(BigInteger)
