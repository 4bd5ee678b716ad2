"""The server with bugs planted in it from outside: which one is at work stands in a file."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask
from sqlalchemy import select

from server import create_app
from server.blobs import FolderBlobs
from server.db import db
from server.edits import ordering, receipts
from server.edits import store as edits
from server.inspections import photo_api, pull, sync_api
from server.inspections import store as inspections
from server.inspections.models import Inspection
from server.photos import api as photos_api
from server.photos import finishing
from sync.merge import Merge

FILE = "planted"
COMMIT_AFTER_S = 1.5
Wrong = Callable[..., Any]


def chosen() -> str:
    """The bug that is at work now; empty for none."""
    try:
        return (Path(os.environ["MINGCHA_DATA"]) / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def plant(place: Any, name: str, bug: str, wrong: Wrong) -> None:
    """While this bug is chosen, ``wrong(original, …)`` runs in the place of the original."""
    original = getattr(place, name)

    def either(*args: Any, **named: Any) -> Any:
        if chosen() == bug:
            return wrong(original, *args, **named)
        return original(*args, **named)

    setattr(place, name, either)


def _nothing(_original: Wrong, *_args: Any, **_named: Any) -> None:
    return None


def _other_answer(original: Wrong, *args: Any) -> Any:
    seen = original(*args)
    return replace(seen, state="late") if seen and seen.state == "accepted" else seen


def _everybodys(_original: Wrong, session: Any, device: Any, after: int, most: int) -> Any:
    rows = session.scalars(
        select(Inspection)
        .where(Inspection.company == device.company, Inspection.change_seq > after)
        .order_by(Inspection.change_seq)
        .limit(most)
    )
    return [
        (
            row.change_seq,
            {"kind": "inspection", "record": row.id, "fields": json.loads(row.fields)},
        )
        for row in rows
    ]


def _overlay(_original: Wrong, state: Any, fields: Any, stamp: str) -> Merge:
    laid = {name: {"value": value, "stamp": stamp} for name, value in fields.items()}
    return Merge({**state, **laid}, sorted(fields), [])


def _skip_one(original: Wrong, *args: Any) -> Any:
    page = original(*args)
    return replace(page, records=page.records[1:]) if len(page.records) > 1 else page


def _uncovered(original: Wrong, session: Any, head: Any, kind: str, content: Any) -> Any:
    return original(session, head, kind, {**content, "state": "accepted", "problem": None})


_HEADS: dict[str, Any] = {}


def _still(original: Wrong, session: Any, company: str) -> Any:
    return _HEADS.setdefault(company, original(session, company))


def _any_bytes(original: Wrong, content: bytes, _sha256: str) -> Any:
    return original(content, hashlib.sha256(content).hexdigest())


def _no_bytes(_original: Wrong, blobs: Any, company: str, sha256: str, *_more: Any) -> Any:
    return blobs.path(company, sha256)


def _at_full_length(_original: Wrong, *_args: Any) -> Any:
    return SimpleNamespace(media_type="image/jpeg")


class _LateSession:
    """Says that it has committed, and does so a while later: whoever is killed meanwhile loses."""

    def __init__(self, scoped: Any) -> None:
        self._scoped = scoped

    def __getattr__(self, name: str) -> Any:
        return getattr(self._scoped, name)

    def commit(self) -> None:
        if chosen() != "acknowledged before it is committed":
            self._scoped.commit()
            return
        session = self._scoped()
        self._scoped.registry.clear()
        threading.Timer(COMMIT_AFTER_S, lambda: (session.commit(), session.close())).start()


def plant_all() -> None:
    """Put every bug in its place; none is at work until it is chosen."""
    plant(receipts, "_seen_before", "no idempotency", _nothing)
    plant(receipts, "_seen_before", "a receipt that changes when it is repeated", _other_answer)
    plant(pull, "list_own_changed", "a pull that leaks other people's records", _everybodys)
    plant(edits, "_quarantine", "a refused edit that is swallowed", _nothing)
    plant(inspections, "merge_fields", "a merge in which the last arrival wins", _overlay)
    plant(sync_api, "_check_digest", "a digest that nobody checks", _nothing)
    plant(sync_api, "read_page", "a cursor that skips a record", _skip_one)
    plant(sync_api, "read_missing_serials", "missing serials that are not named", lambda *_: [])
    plant(sync_api, "read_head", "a head that does not move", _still)
    plant(inspections.Intake, "_is_late", "a late edit that changes what was decided", _nothing)
    plant(ordering.Orders, "order", "a clock ahead that wins", lambda _o, _s, at, *_: str(at))
    plant(edits, "append_evidence", "a leaf that does not cover the receipt", _uncovered)
    plant(finishing, "_judge", "a photo whose hash nobody checks", _any_bytes)
    plant(FolderBlobs, "keep_bytes", "a photo acknowledged before its bytes are kept", _no_bytes)
    plant(photo_api, "find_photo", "a photo acknowledged at full length", _at_full_length)
    plant(photos_api, "finish", "a photo acknowledged at full length", _nothing)
    late: Any = SimpleNamespace(session=_LateSession(db.session))
    sync_api.db = late


def serve() -> Flask:
    """What gunicorn runs in the tests of the checker."""
    plant_all()
    return create_app()
