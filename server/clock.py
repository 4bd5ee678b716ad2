"""Time as an argument: a clock is a function that gives Unix milliseconds."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], int]

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
# A clock that was never set says 1970; beyond the year 9998 no calendar can show a time.
EARLIEST_MS = -DAY_MS
LATEST_MS = 253_339_228_800_000

_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def system_now_ms() -> int:
    """The machine's clock, Unix milliseconds."""
    return time.time_ns() // 1_000_000


def format_instant(at_ms: int) -> str:
    """RFC 3339 in UTC with milliseconds: ``2026-11-20T08:00:00.123Z``."""
    moment = datetime.fromtimestamp(at_ms // 1000, UTC).replace(microsecond=at_ms % 1000 * 1000)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_instant(text: object) -> int | None:
    """Unix ms of an RFC 3339 time with an offset, or None when it is not one."""
    if not isinstance(text, str) or not _RFC_3339.fullmatch(text):
        return None
    try:
        at_ms = int(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return at_ms if EARLIEST_MS <= at_ms <= LATEST_MS else None


def local_date(at_ms: int, timezone: str) -> str:
    """The plain date (``YYYY-MM-DD``) at that instant in the company's zone."""
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(timezone)).date().isoformat()
