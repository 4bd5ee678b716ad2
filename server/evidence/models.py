"""Tables of the evidence log: its head, its entries, its inner nodes, its signed heads."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.append_only import make_append_only
from server.db import Model


class LogHead(Model):
    """One row a company. Whoever writes locks it first, so log numbers come in commit order.

    ``size`` counts the log's edits; ``change_seq`` counts changes that phones pull;
    ``last_stamp`` is the greatest stamp the server has ordered by receipt or made itself;
    ``leaves`` counts evidence entries; ``frontier`` is the hex of the perfect subtrees they make,
    largest first, 64 digits each.
    """

    __tablename__ = "log_head"

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    change_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    last_stamp: Mapped[str | None] = mapped_column(String(40))
    leaves: Mapped[int] = mapped_column(BigInteger, default=0)
    frontier: Mapped[str] = mapped_column(Text, default="")


class Entry(Model):
    """A leaf: ``body`` is the canonical JSON of what happened, ``leaf`` its hash."""

    __tablename__ = "evidence"

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    body: Mapped[str] = mapped_column(Text)
    leaf: Mapped[str] = mapped_column(String(64))


class EntryNode(Model):
    """The hash over 256, 65,536, … whole leaves: proofs need not read them all."""

    __tablename__ = "evidence_node"

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))


class SignedHead(Model):
    """The log's head once a day (the company's zone), signed to be kept elsewhere."""

    __tablename__ = "signed_head"

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(36))
    size: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    at_ms: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(120))


for _model in (Entry, EntryNode):
    make_append_only(_model.metadata.tables[_model.__tablename__])
