"""The office as a whole: its words and formats in every template."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from server.accounts.auth import signed_in
from server.accounts.guard import FILES, RECORDS, has_any, own_company
from server.accounts.rights import Right, may
from server.clock import DAY_MS, HOUR_MS
from server.db import db
from server.edits.reading import is_clock_behind
from server.inspections.tasks import MOST_COUNTED, count_open_refusals, count_tasks
from server.web import language, now_ms
from server.words import LANGUAGES, say

MINUTE_MS = 60_000
LANGUAGE_NAMES = {"zh-CN": "中文", "en": "English"}


def register_office(app: Flask) -> None:
    """Give every office page its words and formats."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        t=_translate,
        can=_can,
        clock_is_behind=_clock_is_behind,
        reads_files=lambda: has_any(signed_in(), FILES),
        reads_records=lambda: has_any(signed_in(), RECORDS),
        own_company=own_company,
        open_tasks=lambda: _counted(count_tasks(db.session, signed_in())),
        open_refusals=lambda: _counted(count_open_refusals(db.session, signed_in().company)),
        language=language,
        languages=LANGUAGES,
        language_names=LANGUAGE_NAMES,
        words_of=words_of,
        criterion_of=criterion_of,
        name_of=name_of,
        when=when,
        day=day,
        since=since,
        lasting=lasting,
        score=score_words,
    )


def _translate(key: str, **values: object) -> str:
    return say(language(), key, **values)


def _can(right: Right) -> bool:
    return may(signed_in().role, right)


def _counted(count: int) -> str:
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count or "")


def _clock_is_behind() -> bool:
    return is_clock_behind(db.session, now_ms(), signed_in().company)


def words_of(part: Any) -> str:
    """A part of the checklist (point, item, mode, severity) in the reader's language."""
    return part.en if language() == "en" else part.zh


def criterion_of(item: Any) -> str:
    """How an item is judged, in the reader's language."""
    return item.criterion_en if language() == "en" else item.criterion_zh


def name_of(row: Any) -> str:
    """The name of a company, station or route in the reader's language."""
    return row.name_en if language() == "en" else row.name


def when(at_ms: int) -> str:
    """Date and time in the company's zone."""
    return _moment(at_ms).strftime("%Y-%m-%d %H:%M")


def day(at_ms: int) -> str:
    """The date in the company's zone."""
    return _moment(at_ms).strftime("%Y-%m-%d")


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms // 1000, ZoneInfo(own_company().timezone))


def since(at_ms: int) -> str:
    """How long ago that was, in words."""
    past_ms = now_ms() - at_ms
    if past_ms < MINUTE_MS:
        return _translate("office.just_now")
    return _translate("office.ago", lasting=lasting(past_ms))


def lasting(span_ms: int) -> str:
    """A length of time in words, in its greatest unit."""
    for name, unit_ms in (("days", DAY_MS), ("hours", HOUR_MS), ("minutes", MINUTE_MS)):
        count = span_ms // unit_ms
        if count == 1:
            return _translate(f"office.{name}_one")
        if count > 1:
            return _translate(f"office.{name}", n=count)
    return _translate("office.seconds")


def score_words(bp: int | None) -> str:
    """Basis points as people write a score: 9085 is 90.85; not rated is a dash."""
    return "—" if bp is None else f"{bp // 100}.{bp % 100:02d}"
