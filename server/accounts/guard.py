"""Who may open office pages: nobody unless signed in, and each page names the rights it needs."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, current_app, g
from flask_login import current_user

from server.accounts.auth import signed_in
from server.accounts.models import Company, User
from server.accounts.rights import Right, may
from server.db import db
from server.problems import Problem

# Any of these opens the list of inspections; what it shows is decided record by record.
RECORDS: tuple[Right, ...] = ("read_company", "read_station", "inspect")
# Earlier results must not colour a new inspection, so inspectors open no files.
FILES: tuple[Right, ...] = ("read_company", "read_station")


def guard(bp: Blueprint) -> None:
    """Send everybody who is not signed in to the sign-in page, whatever the route."""
    bp.before_request(_require_sign_in)


def _require_sign_in() -> Any:
    if current_user.is_authenticated:
        return None
    return cast(Any, current_app).login_manager.unauthorized()


def has_any(user: User, rights: tuple[Right, ...]) -> bool:
    """True when the user's role has at least one of these rights."""
    return any(may(user.role, right) for right in rights)


def signed_in_with(*rights: Right) -> User:
    """The person at this page; 403 when their role has none of these rights."""
    user = signed_in()
    if not has_any(user, rights):
        raise Problem("not_allowed")
    return user


def own_company() -> Company:
    """The company of the person at this page."""
    if "company" not in g:
        g.company = db.session.get_one(Company, signed_in().company)
    return cast(Company, g.company)
