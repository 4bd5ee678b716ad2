"""Fields and values of a record put into the reader's words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from server.clock import parse_instant
from server.inspections.names import Names
from server.inspections.rules import find_bad_field
from server.words import say
from sync.checklist_types import Checklist, Item

KNOWN_UNITS = (
    "%",
    "celsius",
    "cm",
    "cm2",
    "correct_of_3",
    "diff",
    "min",
    "mm",
    "pieces",
    "persons",
    "sessions",
)
FIELDS = (
    "mode",
    "state",
    "checklist",
    "vehicle",
    "driver",
    "conductor",
    "route",
    "station",
    "vehicle_typed",
    "driver_typed",
    "conductor_typed",
    "started_at",
    "finished_at",
    "place",
    "review",
    "reply",
)


@dataclass(frozen=True)
class Wording:
    """How one reader reads one company's records."""

    language: str
    timezone: str
    names: Names
    checklist: Checklist | None = None

    def field(self, name: str) -> str:
        """What a field is called; an unknown one goes by its own name."""
        head, _, item_id = name.partition("/")
        if head in ("answers", "criticals"):
            item = self.checklist.item(item_id) if self.checklist else None
            words = f"{item_id} {self.item(item)}" if item else item_id
            return words if head == "answers" else f"{self._say('field_criticals')} {words}"
        return self._say(f"field_{name}") if name in FIELDS else name

    def item(self, item: Item) -> str:
        return item.en if self.language == "en" else item.zh

    def value(self, field: str, value: Any) -> str:
        """What a field holds, in words; empty is said too."""
        if value is None or value == "":
            return self._say("empty")
        if find_bad_field({field: value}):
            return _as_it_came(value)  # a refused edit may hold anything at all
        head, _, item_id = field.partition("/")
        if head == "answers" and isinstance(value, dict):
            return self.answer(self.checklist.item(item_id) if self.checklist else None, value)
        if head == "criticals" and isinstance(value, dict):
            return self._term("source", value.get("source"))
        return self._plain(field, value)

    def _plain(self, field: str, value: Any) -> str:
        if field in ("mode", "state"):
            return self._term(field, value)
        if field in ("vehicle", "driver", "conductor", "route", "station"):
            return self.link(field, value)
        if field in ("started_at", "finished_at"):
            return self._instant(value)
        if field == "review":
            note = value.get("note")
            move = self._term("status", value.get("state"))
            return f"{move}:{note}" if note else move
        # Where exactly an inspector stood is nobody's business here; that it is known, is.
        return self._say("place_known") if field == "place" else _as_it_came(value)

    def link(self, field: str, record: str) -> str:
        """The name behind an id."""
        if field == "vehicle":
            bus = self.names.vehicles.get(record)
            return f"{bus.plate} · {bus.fleet_number}" if bus else record
        if field in ("driver", "conductor"):
            person = self.names.crew.get(record)
            return f"{person.staff_number} {person.name}" if person else record
        found = (self.names.routes if field == "route" else self.names.stations).get(record)
        if not found:
            return record
        return found.name_en if self.language == "en" else found.name

    def answer(self, item: Item | None, answer: dict[str, Any]) -> str:
        """An answer in one line."""
        parts = [self.judgement(item, answer.get("value"))]
        if answer.get("ac_on"):
            parts.append(self._say("ac_on"))
        if answer.get("at_terminus"):
            parts.append(self._say("at_terminus"))
        if answer.get("charged_to"):
            parts.append(self._term("subject", answer["charged_to"]))
        if answer.get("fixed_on_spot"):
            parts.append(self._say("fixed_on_spot"))
        if answer.get("note"):
            parts.append(answer["note"])
        if answer.get("photos"):
            parts.append(self._say("photos_n", n=len(answer["photos"])))
        return " · ".join(parts)

    def judgement(self, item: Item | None, value: Any) -> str:
        """The value alone: a word, a mark out of five, or a number with its unit."""
        if value is None or value == "":
            return self._say("unanswered")
        if value in ("pass", "fail", "na"):
            return self._term("verdict", value)
        if item and item.answer_type == "scale_1_5":
            return self._say("of_five", value=value)
        if item and item.unit in KNOWN_UNITS:
            unit = "percent" if item.unit == "%" else item.unit
            return say(self.language, f"terms.unit_{unit}", value=value)
        return str(value)

    def _instant(self, value: Any) -> str:
        at_ms = parse_instant(value)
        if at_ms is None:
            return str(value)
        moment = datetime.fromtimestamp(at_ms // 1000, ZoneInfo(self.timezone))
        return moment.strftime("%Y-%m-%d %H:%M")

    def _term(self, kind: str, value: Any) -> str:
        return say(self.language, f"terms.{kind}_{value}") if value else self._say("empty")

    def _say(self, key: str, **values: object) -> str:
        return say(self.language, f"inspections.{key}", **values)


def _as_it_came(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
