"""What the demo's office does each afternoon: confirms, returns, voids, matches."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.demo.county import County
from server.demo.records import Typing
from server.inspections.models import Inspection
from server.inspections.review import Review, match_inspection, review_inspections

SHARE_RETURNED = 0.008
SHARE_VOID = 0.002
SHARE_LEFT_WAITING = 0.004
SHARE_MATCHED = 0.6
SHARE_OF_CRITICALS_CONFIRMED = 0.5
SOURCES = ("cctv", "second_inspector", "gps")
QUESTIONS = (
    "照片看不清问题部位,请补充说明",
    "备注与照片不一致,请核对",
    "责任对象请再确认:当班是否有乘务员?",
    "扣分项缺少位置说明,请补充",
)
REASONS = ("重复检查,与同日另一条记录相同", "选错车辆,已另行登记", "培训时的练习记录")


@dataclass
class Office:
    """The quality officer's and the quality head's work."""

    session: Session
    county: County
    rng: random.Random
    typing: Typing
    returned: list[str] = field(default_factory=list)
    asked_after: set[str] = field(default_factory=set)  # typed records looked at once

    def review_until(self, finished_before_ms: int, now_ms: int) -> list[str]:
        """Work through what waits; gives the records returned with a question."""
        waiting = self.session.scalars(
            select(Inspection)
            .where(
                Inspection.company == self.county.company.id,
                Inspection.status == "finished",
                Inspection.occurred_at_ms < finished_before_ms,
            )
            .order_by(Inspection.occurred_at_ms, Inspection.id)
        ).all()
        self._match(waiting, now_ms)
        reviews = {row.id: self._decide(row) for row in waiting if not row.unmatched}
        officer, head = self.county.people["officer"], self.county.people["head"]
        for user, moves in ((officer, ("confirm", "return")), (head, ("void",))):
            mine = {record: one for record, one in reviews.items() if one and one.move in moves}
            review_inspections(self.session, user, mine, now_ms)
        returned = [record for record, one in reviews.items() if one and one.move == "return"]
        self.returned += returned
        return returned

    def _decide(self, row: Inspection) -> Review | None:
        drawn = self.rng.random()
        if row.id not in self.returned:
            if drawn < SHARE_VOID:
                return Review("void", self.rng.choice(REASONS))
            if drawn < SHARE_VOID + SHARE_RETURNED:
                return Review("return", self.rng.choice(QUESTIONS))
            if drawn > 1 - SHARE_LEFT_WAITING:
                return None
        return Review("confirm", "", self._confirm_criticals(row))

    def _confirm_criticals(self, row: Inspection) -> dict[str, str]:
        # Without a second source a critical stays suspected, and caps nothing.
        if not row.suspected or self.rng.random() > SHARE_OF_CRITICALS_CONFIRMED:
            return {}
        return {item: self.rng.choice(SOURCES) for item in json.loads(row.score)["suspected"]}

    def _match(self, waiting: Sequence[Inspection], now_ms: int) -> None:
        for row in waiting:
            if not row.unmatched or row.id in self.asked_after:
                continue
            self.asked_after.add(row.id)
            if self.rng.random() < SHARE_MATCHED:
                links: dict[str, str | None] = dict(self.typing.typed[row.id])
                match_inspection(self.session, self.county.people["officer"], row.id, links, now_ms)
