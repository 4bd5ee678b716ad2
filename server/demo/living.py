"""Lives through the demo's month: phones send, the office reviews, inspectors answer."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from server.clock import HOUR_MS
from server.demo.county import County
from server.demo.month import MINUTE_MS, Visit, midnight_of
from server.demo.phones import DemoPhone
from server.demo.reviewing import Office

NOON_HOUR = 12
EVENING_HOUR = 19
REVIEW_MS = 16 * HOUR_MS + 30 * MINUTE_MS
ANSWER_MS = 9 * HOUR_MS
# The newest days wait for the reviewer.
DAYS_WAITING = 2
SHARE_ANSWERED = 0.7
ANSWERS = (
    "已补充:位于车辆右后部,已告知驾驶员",
    "已核对现场照片,情况属实",
    "当班无乘务员,责任对象为驾驶员",
)


@dataclass(frozen=True)
class Push:
    """What one phone sends at one moment."""

    at_ms: int
    inspector: str
    visits: tuple[Visit, ...]


@dataclass
class Month:
    """Sends and decides everything in the order of time. ``fields``: by record."""

    session: Session
    county: County
    phones: dict[str, DemoPhone]
    fields: dict[str, dict[str, Any]]
    office: Office
    rng: random.Random
    authors: dict[str, str] = field(default_factory=dict)

    def live(self, visits: list[Visit], days: list[date]) -> None:
        self.authors = {visit.record: visit.inspector for visit in visits}
        by_day: dict[date, list[Visit]] = defaultdict(list)
        for visit in visits:
            by_day[visit.day].append(visit)
        returned: list[str] = []
        for number, day in enumerate(days):
            midnight_ms = midnight_of(day, self.county.company.timezone)
            pushes = self._draw_pushes(by_day[day], midnight_ms)
            self._answer(returned, midnight_ms + ANSWER_MS)
            self._send([push for push in pushes if push.at_ms < midnight_ms + REVIEW_MS])
            returned = []
            if number <= len(days) - DAYS_WAITING:
                returned = self.office.review_until(midnight_ms, midnight_ms + REVIEW_MS)
            self._send([push for push in pushes if push.at_ms >= midnight_ms + REVIEW_MS])

    def _draw_pushes(self, visits: list[Visit], midnight_ms: int) -> list[Push]:
        batches: dict[tuple[str, bool], list[Visit]] = defaultdict(list)
        noon_ms = midnight_ms + NOON_HOUR * HOUR_MS
        for visit in visits:
            batches[visit.inspector, visit.finished_ms < noon_ms].append(visit)
        pushes: list[Push] = []
        for (inspector, _), batch in batches.items():
            at_ms = batch[-1].finished_ms + self.rng.randint(2, 150) * MINUTE_MS
            if batch[-1].mode == "undercover":  # sent from home, not from the bus
                at_ms = midnight_ms + EVENING_HOUR * HOUR_MS + self.rng.randint(0, 90) * MINUTE_MS
            pushes.append(Push(at_ms, inspector, tuple(batch)))
        return sorted(pushes, key=lambda push: (push.at_ms, push.inspector))

    def _send(self, pushes: list[Push]) -> None:
        for push in pushes:
            phone = self.phones[push.inspector]
            edits = [
                phone.write(visit.record, self.fields[visit.record], visit.finished_ms)
                for visit in push.visits
            ]
            phone.send(self.session, edits, push.at_ms)

    def _answer(self, returned: list[str], now_ms: int) -> None:
        """The inspectors add what the reviewer asked for and finish the record again."""
        for record in returned:
            if self.rng.random() > SHARE_ANSWERED:
                continue
            changed: dict[str, Any] = {"state": "finished"}
            failed = [name for name, one in self.fields[record].items() if _has_note(one)]
            if failed:
                answer = self.fields[record][failed[0]]
                note = f"{answer['note']}。{self.rng.choice(ANSWERS)}"
                changed[failed[0]] = {**answer, "note": note}
            phone = self.phones[self.authors[record]]
            phone.send(self.session, [phone.write(record, changed, now_ms)], now_ms)


def _has_note(value: Any) -> bool:
    return isinstance(value, dict) and bool(value.get("note"))
