"""Who is asking: a phone by its device token, a program by a user's token, a person by cookie."""

from __future__ import annotations

from flask import g, request
from flask_login import current_user

from server.accounts import store
from server.accounts.models import Device, User
from server.accounts.rights import Right, may
from server.db import db
from server.problems import Problem


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


def signed_in(right: Right | None = None) -> User:
    """The person at this office page; 403 when their role lacks the right."""
    user = db.session.get(User, tuple(current_user.get_id().split(":")[:2]))
    if not user:
        raise Problem("not_found")
    if right and not may(user.role, right):
        raise Problem("not_allowed")
    return user
