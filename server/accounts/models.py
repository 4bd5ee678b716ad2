"""Tables of companies, users, their devices, and the secrets that let them in (hashed)."""

from __future__ import annotations

import hashlib

from flask_login import UserMixin
from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Model


class Company(Model):
    """A bus company (tenant). ``epoch`` is the same in every row: it names this database's life."""

    __tablename__ = "company"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    regime: Mapped[str] = mapped_column(String(20))  # road_passenger | city_bus
    timezone: Mapped[str] = mapped_column(String(40))
    epoch: Mapped[str] = mapped_column(String(36))
    created_at_ms: Mapped[int] = mapped_column(BigInteger)


class User(UserMixin, Model):
    """A person who signs in. ``name`` is the sign-in name, ``role`` one of ``rights.ROLES``."""

    __tablename__ = "user"
    __table_args__ = (
        UniqueConstraint("company", "name"),
        ForeignKeyConstraint(["company", "station"], ["station.company", "station.id"]),
    )

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    display_name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(32))
    station: Mapped[str | None] = mapped_column(String(36))
    secret_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at_ms: Mapped[int] = mapped_column(BigInteger)

    def get_id(self) -> str:
        """What the session cookie holds; a new secret ends every session of the old one."""
        secret = hashlib.sha256(self.secret_hash.encode()).hexdigest()[:16]
        return f"{self.company}:{self.id}:{secret}"


class Device(Model):
    """Where edits come from: an enrolled phone, or a reviewer's seat in the office.

    This is the only table that says whose edits a device's edits are.
    """

    __tablename__ = "device"
    __table_args__ = (ForeignKeyConstraint(["company", "user"], ["user.company", "user.id"]),)

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))  # phone | office
    user: Mapped[str] = mapped_column(String(36), index=True)
    name: Mapped[str] = mapped_column(String(100))
    public_key: Mapped[str | None] = mapped_column(Text)  # JWK, phones only
    token_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    enrolled_at_ms: Mapped[int] = mapped_column(BigInteger)
    revoked_at_ms: Mapped[int | None] = mapped_column(BigInteger)
    last_seen_at_ms: Mapped[int | None] = mapped_column(BigInteger)


class Enrolment(Model):
    """A one-time code that turns a phone into a user's device. Only its hash is kept."""

    __tablename__ = "enrolment"
    __table_args__ = (ForeignKeyConstraint(["company", "user"], ["user.company", "user.id"]),)

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user: Mapped[str] = mapped_column(String(36))
    created_at_ms: Mapped[int] = mapped_column(BigInteger)
    expires_at_ms: Mapped[int] = mapped_column(BigInteger)
    used_at_ms: Mapped[int | None] = mapped_column(BigInteger)


class SignIn(Model):
    """One browser signed in to the office. Only the hash of what its cookie holds is kept."""

    __tablename__ = "sign_in"
    __table_args__ = (ForeignKeyConstraint(["company", "user"], ["user.company", "user.id"]),)

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user: Mapped[str] = mapped_column(String(36))
    began_at_ms: Mapped[int] = mapped_column(BigInteger)
    ended_at_ms: Mapped[int | None] = mapped_column(BigInteger)


class UserToken(Model):
    """A token with which the office or another program reads the API as this user."""

    __tablename__ = "user_token"
    __table_args__ = (ForeignKeyConstraint(["company", "user"], ["user.company", "user.id"]),)

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user: Mapped[str] = mapped_column(String(36))
    created_at_ms: Mapped[int] = mapped_column(BigInteger)
    revoked_at_ms: Mapped[int | None] = mapped_column(BigInteger)
