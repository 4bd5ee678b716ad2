"""Who is asking: a phone by its device token, a program by a user's token, a person by cookie."""

from __future__ import annotations

from flask import g, request, session
from flask_login import current_user, login_user, logout_user

from server.accounts import store
from server.accounts.models import Device, User
from server.accounts.rights import Right, may
from server.accounts.signed_in import begin_sign_in, end_all_sign_ins, end_sign_in, is_signed_in
from server.db import begin_write, db
from server.problems import Problem
from server.web import now_ms

PLACE = "sign_in"
SEEN = "seen_at_ms"


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem("token_missing")
    return token.strip()


def require_device() -> Device:
    """The phone whose token came with this request; 401 or 403 otherwise."""
    if "device" not in g:
        g.device = store.read_device_by_token(db.session, _bearer())
    return g.device


def require_reader() -> User:
    """The user a token speaks for: a user's own API token, or a phone's token (its user)."""
    token = _bearer()
    user = store.read_user_by_token(db.session, token)
    if user:
        return user
    device = store.read_device_by_token(db.session, token)
    found = db.session.get(User, (device.company, device.user))
    if not found:
        raise Problem("token_unknown")
    return found


def load_person(key: str) -> User | None:
    """The person whose cookie this is, while their sign-in lasts (Flask-Login's user loader)."""
    company, _, rest = key.partition(":")
    user = db.session.get(User, (company, rest.partition(":")[0]))
    if not user or not user.active or user.get_id() != key:
        return None
    at_ms, seen_at_ms = now_ms(), session.get(SEEN)
    if type(seen_at_ms) is not int:
        return None
    if not is_signed_in(db.session, user, str(session.get(PLACE)), seen_at_ms, at_ms):
        return None
    session[SEEN] = at_ms
    return user


def let_in(user: User) -> None:
    """Sign this person in at this browser, with a token of its own. Commits."""
    before = str(session.get(PLACE))
    at_ms = now_ms()
    begin_write(db.session)
    end_sign_in(db.session, user.company, before, at_ms)
    token = begin_sign_in(db.session, user, at_ms)
    db.session.commit()
    session.clear()  # what the browser carried before sign-in is worth nothing after it
    session.permanent = True
    session[PLACE], session[SEEN] = token, at_ms
    login_user(user)


def let_out(everywhere: bool) -> None:
    """End this browser's sign-in, or all of the person's. Commits."""
    if current_user.is_authenticated:
        user = signed_in()
        begin_write(db.session)
        if everywhere:
            end_all_sign_ins(db.session, user, now_ms())
        end_sign_in(db.session, user.company, str(session.get(PLACE)), now_ms())
        db.session.commit()
    logout_user()
    session.clear()


def signed_in(right: Right | None = None) -> User:
    """The person at this office page; 403 when their role lacks the right."""
    user = db.session.get(User, tuple(current_user.get_id().split(":")[:2]))
    if not user:
        raise Problem("not_found")
    if right and not may(user.role, right):
        raise Problem("not_allowed")
    return user
