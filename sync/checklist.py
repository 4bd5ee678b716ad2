"""A version of the checklist, read from the JSON that phones receive into checked types."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sync.checklist_types import (
    SUBJECTS,
    Checklist,
    Grade,
    InvalidChecklist,
    Item,
    Limits,
    Mode,
    Point,
    RegimeRule,
    Severity,
)
from sync.number import parse_e4

__all__ = [
    "SUBJECTS",
    "Checklist",
    "Grade",
    "InvalidChecklist",
    "Item",
    "Limits",
    "Mode",
    "Point",
    "RegimeRule",
    "Severity",
    "load_checklist_body",
    "parse_checklist",
]

ANSWER_TYPES = ("pass_fail_na", "scale_1_5", "number")
SEVERITIES = ("minor", "major", "critical")
# Bounds that keep the phone's sums exact: 1000 items x weight 1000 x 4 quarters x 20000 < 2^53.
MAX_WEIGHT = 1000
MAX_ITEMS = 1000
MAX_FAULT_POINTS = 1000
DEFAULT_FAIL_AT_OR_BELOW = 2

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def load_checklist_body(text: str | bytes) -> dict[str, Any]:
    """The JSON object in this text, its decimals kept as text: no binary fraction ever arises."""
    body = json.loads(text, parse_float=str)
    if not isinstance(body, dict):
        raise InvalidChecklist("a checklist is an object")
    return body


def parse_checklist(body: Mapping[str, Any]) -> Checklist:
    """The checklist in this JSON object; raises InvalidChecklist. Keys unknown here are ignored."""
    scoring = _object(body, "scoring")
    modes = tuple(
        Mode(_id(mode_id, "modes"), _text(mode, "zh"), _text(mode, "en"))
        for mode_id, mode in _members(body, "modes")
    )
    mode_ids = [mode.id for mode in modes]
    points = tuple(_point(point, mode_ids) for point in _list(body, "points"))
    checklist = Checklist(
        id=f"{_text(body, 'templateId')}@{_text(body, 'templateVersion')}",
        points=points,
        modes=modes,
        severities=_severities(_object(body, "severities")),
        grades=tuple(_grade(grade) for grade in _list(scoring, "grades")),
        no_double_charge=_groups(scoring),
        critical_cap_bp=_integer(scoring, "criticalCapBp", 0, 10_000),
    )
    _require_consistent(checklist)
    return checklist


def _require_consistent(checklist: Checklist) -> None:
    item_ids = [item.id for point in checklist.points for item in point.items]
    if len(set(item_ids)) != len(item_ids) or not 1 <= len(item_ids) <= MAX_ITEMS:
        raise InvalidChecklist(f"points: 1 to {MAX_ITEMS} items, each id once")
    if len({point.id for point in checklist.points}) != len(checklist.points):
        raise InvalidChecklist("points: each id once")
    if not checklist.grades:
        raise InvalidChecklist("scoring.grades: at least one")
    for group in checklist.no_double_charge:
        if len(group) < 2 or not set(group) <= set(item_ids):
            raise InvalidChecklist("scoring.noDoubleCharge: two or more known items each")


def _point(body: Mapping[str, Any], mode_ids: Sequence[str]) -> Point:
    return Point(
        id=_id(body.get("id"), "points"),
        weight=_integer(body, "weight", 1, MAX_WEIGHT),
        zh=_text(body, "zh"),
        en=_text(body, "en"),
        items=tuple(_item(item, mode_ids) for item in _list(body, "items")),
    )


def _item(body: Mapping[str, Any], mode_ids: Sequence[str]) -> Item:
    item = Item(
        id=_id(body.get("id"), "items"),
        zh=_text(body, "zh"),
        en=_text(body, "en"),
        criterion_zh=_text(body, "criterionZh"),
        criterion_en=_text(body, "criterionEn"),
        answer_type=_one_of(body, "answerType", ANSWER_TYPES),
        severity=_one_of(body, "severity", SEVERITIES),
        critical_kind=_optional_text(body, "criticalKind"),
        charged_to=_one_of(body, "chargedTo", SUBJECTS),
        also_chargeable_to=_all_of(body, "alsoChargeableTo", SUBJECTS),
        weight=_integer(body, "weight", 1, MAX_WEIGHT),
        modes=_all_of(body, "modes", mode_ids),
        na_allowed=body.get("naAllowed") is True,
        phase=_text(body, "phase"),
        photo_on_fail=_text(body, "photoOnFail"),
        photo_on_fail_undercover=_text(body, "photoOnFailUndercover"),
        unit=_optional_text(body, "unit"),
        pass_if=_limits(body, "passIf"),
        zero_at=_limits(body, "zeroAt"),
        pass_if_at_terminus=(
            _limits(body, "passIfAtTerminus") if "passIfAtTerminus" in body else None
        ),
        pass_override=_optional_text(body, "passOverride"),
        fail_at_or_below=_fail_at_or_below(body),
        regimes={name: _regime_rule(rule) for name, rule in _members(body, "regime")},
    )
    if item.answer_type == "number" and item.pass_if == Limits(None, None):
        raise InvalidChecklist(f"{item.id}: a number needs passIf")
    return item


def _fail_at_or_below(body: Mapping[str, Any]) -> int:
    if "failAtOrBelow" not in body:
        return DEFAULT_FAIL_AT_OR_BELOW
    return _integer(body, "failAtOrBelow", 1, 4)


def _limits(body: Mapping[str, Any], key: str) -> Limits:
    ends = _object(body, key) if key in body else {}
    return Limits(_optional_e4(ends, "min"), _optional_e4(ends, "max"))


def _regime_rule(body: Mapping[str, Any]) -> RegimeRule:
    return RegimeRule(
        critical_above_e4=_optional_e4(body, "criticalAbove"),
        critical_at_or_above_e4=_optional_e4(body, "criticalAtOrAbove"),
        major_above_e4=_optional_e4(body, "majorAbove"),
    )


def _severities(body: Mapping[str, Any]) -> dict[str, Severity]:
    return {name: _severity(name, _object(body, name)) for name in SEVERITIES}


def _severity(name: str, body: Mapping[str, Any]) -> Severity:
    rectify = _object(body, "rectifyDefault")
    return Severity(
        id=name,
        zh=_text(body, "zh"),
        en=_text(body, "en"),
        fault_points=_integer(body, "faultPoints", 0, MAX_FAULT_POINTS),
        rectify_value=_integer(rectify, "value", 0, MAX_WEIGHT),
        rectify_unit=_text(rectify, "unit"),
    )


def _grade(body: Mapping[str, Any]) -> Grade:
    return Grade(
        grade=_text(body, "grade"),
        zh=_text(body, "zh"),
        min_bp=_integer(body, "minBp", 0, 10_000),
        max_major=_integer(body, "maxMajor", 0, MAX_ITEMS),
        max_critical=_integer(body, "maxCritical", 0, MAX_ITEMS),
    )


def _groups(scoring: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    groups = scoring.get("noDoubleCharge", [])
    if not isinstance(groups, list) or not all(isinstance(group, list) for group in groups):
        raise InvalidChecklist("noDoubleCharge: a list of lists is needed")
    return tuple(tuple(_id(item_id, "noDoubleCharge") for item_id in group) for group in groups)


def _object(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = body.get(key)
    if not isinstance(value, Mapping):
        raise InvalidChecklist(f"{key}: an object is needed")
    return value


def _members(body: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
    members = _object(body, key) if key in body else {}
    return [(name, _object(members, name)) for name in members]


def _list(body: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = body.get(key)
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise InvalidChecklist(f"{key}: a list of objects is needed")
    return value


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise InvalidChecklist(f"{body.get('id', '')} {key}: text is needed".strip())
    return value


def _optional_text(body: Mapping[str, Any], key: str) -> str | None:
    return _text(body, key) if key in body else None


def _id(value: object, place: str) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise InvalidChecklist(f"{place}: an id is letters, digits and . _ -")
    return value


def _integer(body: Mapping[str, Any], key: str, least: int, most: int) -> int:
    value = body.get(key)
    if type(value) is not int or not least <= value <= most:
        raise InvalidChecklist(f"{key}: an integer from {least} to {most} is needed")
    return value


def _optional_e4(body: Mapping[str, Any], key: str) -> int | None:
    if key not in body:
        return None
    number_e4 = parse_e4(body[key])
    if number_e4 is None:
        raise InvalidChecklist(f"{key}: an integer or a decimal text is needed")
    return number_e4


def _one_of(body: Mapping[str, Any], key: str, allowed: Sequence[str]) -> str:
    value = body.get(key)
    if not isinstance(value, str) or value not in allowed:
        raise InvalidChecklist(f"{body.get('id', '')} {key}: one of {', '.join(allowed)}".strip())
    return value


def _all_of(body: Mapping[str, Any], key: str, allowed: Sequence[str]) -> tuple[str, ...]:
    values = body.get(key)
    if not isinstance(values, list) or not all(value in allowed for value in values):
        raise InvalidChecklist(f"{body.get('id', '')} {key}: some of {', '.join(allowed)}".strip())
    return tuple(values)
