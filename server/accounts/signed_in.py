"""Who is signed in where: rows that end at sign-out, so that a copied cookie ends with them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from server.accounts.models import SignIn, User
from server.accounts.store import hash_secret, make_secret
from server.clock import HOUR_MS

LONGEST_MS = 12 * HOUR_MS
IDLE_MS = 30 * 60_000
# A clock is set back by seconds now and then; a sign-in from further ahead is not believed.
STEP_MS = 5 * 60_000


@dataclass(frozen=True)
class Place:
    """One browser where a person is signed in, as they see it in their list."""

    began_at_ms: int
    is_here: bool


def begin_sign_in(session: Session, user: User, now_ms: int) -> str:
    """A new token for this browser's cookie; only its hash is kept. Old rows go."""
    token = make_secret()
    session.execute(
        delete(SignIn).where(
            or_(SignIn.began_at_ms <= now_ms - LONGEST_MS, SignIn.began_at_ms > now_ms + STEP_MS)
        )
    )
    session.add(
        SignIn(company=user.company, token_hash=token.digest, user=user.id, began_at_ms=now_ms)
    )
    session.flush()
    return token.text


def is_signed_in(session: Session, user: User, token: str, seen_at_ms: int, now_ms: int) -> bool:
    """True while the sign-in has neither ended, nor lain idle, nor lasted its longest."""
    row = session.get(SignIn, (user.company, hash_secret(token)))
    if row is None or row.user != user.id or row.ended_at_ms is not None:
        return False
    return _is_within(row.began_at_ms, now_ms, LONGEST_MS) and _is_within(
        seen_at_ms, now_ms, IDLE_MS
    )


def _is_within(at_ms: int, now_ms: int, span_ms: int) -> bool:
    return now_ms - span_ms < at_ms <= now_ms + STEP_MS


def end_sign_in(session: Session, company: str, token: str, now_ms: int) -> None:
    """End one browser's sign-in, if it is one."""
    _end(session, now_ms, SignIn.company == company, SignIn.token_hash == hash_secret(token))


def end_all_sign_ins(session: Session, user: User, now_ms: int) -> None:
    """End this person's sign-ins wherever they are."""
    _end(session, now_ms, SignIn.company == user.company, SignIn.user == user.id)


def _end(session: Session, now_ms: int, *which: bool | object) -> None:
    session.execute(
        update(SignIn)
        .where(*which, SignIn.ended_at_ms.is_(None))  # type: ignore[arg-type]
        .values(ended_at_ms=now_ms)
    )


def list_places(session: Session, user: User, token: str, now_ms: int) -> list[Place]:
    """Where this person is signed in, newest first."""
    rows = session.scalars(
        select(SignIn)
        .where(
            SignIn.company == user.company,
            SignIn.user == user.id,
            SignIn.ended_at_ms.is_(None),
            SignIn.began_at_ms > now_ms - LONGEST_MS,
        )
        .order_by(SignIn.began_at_ms.desc())
    )
    here = hash_secret(token)
    return [Place(row.began_at_ms, row.token_hash == here) for row in rows]
