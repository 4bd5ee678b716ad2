"""Bugs of the kind that PostgreSQL brings with it, planted in the product from outside."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from itsdangerous import URLSafeSerializer
from sqlalchemy.sql.selectable import GenerativeSelect, Select

from server.accounts.models import Company
from server.inspections import pull, store, sync_api
from server.inspections.pull import Page


class Never(int):
    """A lock's number that is another one each time it is written into a statement."""

    def __format__(self, _how: str) -> str:
        return "(random() * 1000000000)::bigint"


def take_no_lock(patch: pytest.MonkeyPatch) -> None:
    """Writers neither come one by one nor lock the head of the log."""
    patch.setattr(sys.modules["server.db"], "WRITERS", Never())
    patch.setattr(Select, "with_for_update", _unlocked)


def _unlocked(query: GenerativeSelect, **_how: Any) -> GenerativeSelect:
    return query


def skip_late_commits(patch: pytest.MonkeyPatch) -> None:
    """The cursor goes to the last number that was given out, as with a database's sequence."""
    given = 0
    next_change, read_page = store.next_change, pull.read_page

    def draw(head: Any) -> int:
        nonlocal given
        given = next_change(head)
        return given

    def hasty(session: Any, device: Any, cursor: Any, secret: str, most: int) -> Page:
        page = read_page(session, device, cursor, secret, most)
        epoch = session.get_one(Company, device.company).epoch
        token = URLSafeSerializer(secret, salt="pull-cursor").dumps([device.user, given, epoch])
        return page if page.more or not given else Page(page.records, str(token), False)

    patch.setattr(store, "next_change", draw)
    patch.setattr(sync_api, "read_page", hasty)


def trust_the_server(patch: pytest.MonkeyPatch) -> None:
    """Commits are as the server is set up: told before they are on the disk."""
    connecting = sys.modules["server.postgresql"]
    told = connecting._TELL.replace("'remote_apply' ELSE 'on'", "'remote_apply' ELSE 'off'")  # noqa: SLF001
    assert told != connecting._TELL  # noqa: SLF001
    patch.setattr(connecting, "_TELL", told)


def wait_for_ever(patch: pytest.MonkeyPatch) -> None:
    """Only the server ends what takes too long; a server that hangs ends nothing."""
    kind = sys.modules["server.postgresql"].Connection
    patch.setattr(kind, "wait_seconds", property(lambda _: None, lambda *_: None))
