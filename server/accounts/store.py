"""Users, devices, codes and tokens: made, found and ended. Never commits."""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.accounts.keys import parse_public_key
from server.accounts.models import Company, Device, Enrolment, User, UserToken
from server.accounts.rights import ROLES
from server.clock import HOUR_MS
from server.evidence.store import append_evidence, lock_log
from server.problems import Problem

HASHER = PasswordHasher()


@dataclass(frozen=True)
class Secret:
    """Something that lets a person in, to be shown once: only its hash is kept."""

    text: str
    digest: str


def make_secret() -> Secret:
    """256 random bits, URL-safe, and the hash under which they are kept."""
    text = secrets.token_urlsafe(32)
    return Secret(text, hash_secret(text))


def make_code() -> Secret:
    """A one-time enrolment code a person can type: 20 letters and digits, 100 bits."""
    alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    text = "".join(secrets.choice(alphabet) for _ in range(20))
    return Secret(text, hash_secret(text))


def hash_secret(text: str) -> str:
    """SHA-256 of a high-entropy secret (nothing slower is needed above 100 bits)."""
    return hashlib.sha256(text.encode()).hexdigest()


def save_company(
    session: Session, name: str, regime: str, now_ms: int, name_en: str = ""
) -> Company:
    """A new company; it shares the epoch of those already here."""
    epoch = session.scalar(select(Company.epoch).limit(1)) or str(uuid.uuid4())
    company = Company(
        id=str(uuid.uuid4()),
        name=name,
        name_en=name_en or name,
        regime=regime,
        timezone="Asia/Shanghai",
        epoch=epoch,
        created_at_ms=now_ms,
    )
    session.add(company)
    session.flush()
    log = lock_log(session, company.id)
    append_evidence(session, log, "epoch", {"old": None, **company_evidence(company)})
    return company


def company_evidence(company: Company) -> dict[str, Any]:
    """What the log tells of a company whenever an epoch begins: its regime and its zone decide
    how records are judged and dated.
    """
    names = ("name", "name_en", "regime", "timezone", "created_at_ms")
    return {"epoch": company.epoch, "fields": {name: getattr(company, name) for name in names}}


def read_epoch(session: Session) -> str | None:
    """The database's epoch, or None before the first company exists."""
    return session.scalar(select(Company.epoch).limit(1))


@dataclass(frozen=True)
class UserCard:
    """What is known of a user when they are entered."""

    name: str
    role: str
    display_name: str = ""
    station: str | None = None


def save_user(session: Session, company: str, card: UserCard, now_ms: int) -> tuple[User, str]:
    """A new user and the first secret to sign in with, shown once."""
    if card.role not in ROLES:
        raise Problem("field_malformed", f"role: {card.role}")
    if read_user_by_name(session, company, card.name):
        raise Problem("field_malformed", f"name taken: {card.name}")
    password = secrets.token_urlsafe(12)
    user = User(
        company=company,
        id=str(uuid.uuid4()),
        name=card.name,
        display_name=card.display_name or card.name,
        role=card.role,
        station=card.station,
        secret_hash=HASHER.hash(password),
        active=True,
        created_at_ms=now_ms,
    )
    keep_user(session, user)
    return user, password


def keep_user(session: Session, user: User) -> None:
    """Keep a user as they now are, and tell the log."""
    session.add(user)
    session.flush()
    append_evidence(session, lock_log(session, user.company), "user", user_evidence(user))


def user_evidence(user: User) -> dict[str, Any]:
    """What the log tells of a user: who they are and what they may do, no secret."""
    names = ("id", "name", "display_name", "role", "station", "active")
    return {name: getattr(user, name) for name in names}


def renew_secret(user: User) -> str:
    """A new secret to sign in with in place of the old one, shown once."""
    password = secrets.token_urlsafe(12)
    user.secret_hash = HASHER.hash(password)
    return password


def read_user_by_name(session: Session, company: str, name: str) -> User | None:
    return session.scalar(select(User).where(User.company == company, User.name == name))


def check_password(user: User | None, password: str) -> bool:
    """True when the password is this active user's. Takes as long when there is no such user."""
    kept = user.secret_hash if user and user.active else _nobody()
    try:
        return HASHER.verify(kept, password) and user is not None and user.active
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return HASHER.hash(secrets.token_urlsafe(12))


def save_enrolment(session: Session, user: User, now_ms: int, hours: int) -> str:
    """A one-time code for one phone of this user, shown once."""
    code = make_code()
    session.add(
        Enrolment(
            company=user.company,
            code_hash=code.digest,
            user=user.id,
            created_at_ms=now_ms,
            expires_at_ms=now_ms + hours * HOUR_MS,
        )
    )
    return code.text


def receive_device(
    session: Session, code: str, name: str, public_key: object, now_ms: int
) -> tuple[Device, str]:
    """Turn a code into a device and its token. A code works once, for a valid P-256 key only."""
    parse_public_key(public_key)
    digest = hash_secret(code.strip().upper())
    enrolment = session.scalar(
        select(Enrolment).where(Enrolment.code_hash == digest).with_for_update()
    )
    if not enrolment or enrolment.used_at_ms is not None or now_ms >= enrolment.expires_at_ms:
        raise Problem("code_unknown")
    if not session.get_one(User, (enrolment.company, enrolment.user)).active:
        raise Problem("code_unknown")
    enrolment.used_at_ms = now_ms
    token = make_secret()
    device = Device(
        company=enrolment.company,
        id=secrets.token_hex(8),
        kind="phone",
        user=enrolment.user,
        name=name,
        public_key=json.dumps(public_key, sort_keys=True),
        token_hash=token.digest,
        enrolled_at_ms=now_ms,
    )
    _add_device(session, device)
    return device, token.text


def _add_device(session: Session, device: Device) -> None:
    session.add(device)
    session.flush()
    append_evidence(session, lock_log(session, device.company), "device", device_evidence(device))


def device_evidence(device: Device) -> dict[str, Any]:
    """What the log tells of a device: whose it is, and which key its signatures are checked by."""
    key = device.public_key
    return {
        "device": device.id,
        "user": device.user,
        "device_kind": device.kind,
        "key": hashlib.sha256(key.encode()).hexdigest() if key else None,
    }


def read_device_by_token(session: Session, token: str) -> Device:
    """The device whose token this is; 401 when nobody's, 403 when it was revoked."""
    device = session.scalar(select(Device).where(Device.token_hash == hash_secret(token)))
    if not device:
        raise Problem("token_unknown")
    user = session.get(User, (device.company, device.user))
    if device.revoked_at_ms is not None or not user or not user.active:
        raise Problem("device_revoked")
    return device


def read_office_device(session: Session, user: User, now_ms: int) -> Device:
    """The reviewer's own seat, made at the first edit: office edits go through the same log."""
    seat = session.scalar(
        select(Device).where(
            Device.company == user.company, Device.user == user.id, Device.kind == "office"
        )
    )
    if not seat:
        seat = Device(
            company=user.company,
            id=secrets.token_hex(8),
            kind="office",
            user=user.id,
            name="office",
            enrolled_at_ms=now_ms,
        )
        _add_device(session, seat)
    return seat


def save_user_token(session: Session, user: User, now_ms: int) -> str:
    """A new API token inside this user's rights, shown once."""
    token = make_secret()
    session.add(
        UserToken(company=user.company, token_hash=token.digest, user=user.id, created_at_ms=now_ms)
    )
    return token.text


def read_user_by_token(session: Session, token: str) -> User | None:
    """The active user whose API token this is, or None."""
    row = session.scalar(
        select(UserToken).where(
            UserToken.token_hash == hash_secret(token), UserToken.revoked_at_ms.is_(None)
        )
    )
    user = session.get(User, (row.company, row.user)) if row else None
    return user if user and user.active else None


def public_key_of(device: Device) -> ec.EllipticCurvePublicKey:
    """The phone's key, as it was checked at enrolment."""
    return parse_public_key(json.loads(device.public_key or "null"))
