"""How one answer is judged: its quarters, whether it fails, how badly, and at whose door."""

from collections.abc import Mapping
from dataclasses import dataclass

from sync.checklist_types import Item, Limits, RegimeRule
from sync.number import parse_e4

FULL = 4


@dataclass(frozen=True, slots=True)
class Judged:
    """`quarters` 0..4, None for not applicable and for unanswered; `severity` only of a fail."""

    quarters: int | None
    failed: bool
    severity: str | None
    charged_to: str
    answered: bool


def judge(item: Item, answer: object, regime: str | None) -> Judged:
    """Judge an answer as it came from the wire; what does not fit its item is unanswered."""
    given = answer if isinstance(answer, Mapping) else {}
    subject = _subject(item, given.get("charged_to"))
    value = given.get("value")
    if value == "na" and item.na_allowed:
        return Judged(None, False, None, subject, True)
    if item.answer_type == "pass_fail_na":
        return _judge_words(item, value, subject)
    if item.answer_type == "scale_1_5":
        return _judge_scale(item, value, subject)
    return _judge_number(item, given, subject, regime)


def _judge_words(item: Item, value: object, subject: str) -> Judged:
    if value == "pass":
        return Judged(FULL, False, None, subject, True)
    if value == "fail":
        return Judged(0, True, item.severity, subject, True)
    return _unanswered(subject)


def _judge_scale(item: Item, value: object, subject: str) -> Judged:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 5:
        return _unanswered(subject)
    failed = value <= item.fail_at_or_below
    return Judged(value - 1, failed, item.severity if failed else None, subject, True)


def _judge_number(
    item: Item, given: Mapping[str, object], subject: str, regime: str | None
) -> Judged:
    value_e4 = parse_e4(given.get("value"))
    if value_e4 is None:
        return _unanswered(subject)
    if item.pass_override is not None and given.get(item.pass_override) is True:
        return Judged(FULL, False, None, subject, True)
    pass_if = item.pass_if
    if item.pass_if_at_terminus is not None and given.get("at_terminus") is True:
        pass_if = item.pass_if_at_terminus
    quarters = _quarters(value_e4, pass_if, item.zero_at)
    if quarters is None:
        return Judged(FULL, False, None, subject, True)
    return Judged(quarters, True, _severity(item, value_e4, regime), subject, True)


def _quarters(value_e4: int, pass_if: Limits, zero_at: Limits) -> int | None:
    """None inside the limits; outside, what is left on the way to the hard limit."""
    if pass_if.max_e4 is not None and value_e4 > pass_if.max_e4:
        return _linear(value_e4, pass_if.max_e4, zero_at.max_e4)
    if pass_if.min_e4 is not None and value_e4 < pass_if.min_e4:
        zero_e4 = None if zero_at.min_e4 is None else -zero_at.min_e4
        return _linear(-value_e4, -pass_if.min_e4, zero_e4)
    return None


def _linear(value_e4: int, pass_e4: int, zero_e4: int | None) -> int:
    if zero_e4 is None or value_e4 >= zero_e4:
        return 0
    return FULL * (zero_e4 - value_e4) // (zero_e4 - pass_e4)


def _severity(item: Item, value_e4: int, regime: str | None) -> str:
    """What the vehicle's licence makes of the number; without a rule, the item's own severity."""
    rule = item.regimes.get(regime) if regime is not None else None
    if rule is None:
        return item.severity
    if _is_critical(rule, value_e4):
        return "critical"
    if rule.major_above_e4 is not None and value_e4 > rule.major_above_e4:
        return "major"
    return item.severity


def _is_critical(rule: RegimeRule, value_e4: int) -> bool:
    above, at_or_above = rule.critical_above_e4, rule.critical_at_or_above_e4
    return (above is not None and value_e4 > above) or (
        at_or_above is not None and value_e4 >= at_or_above
    )


def _subject(item: Item, wanted: object) -> str:
    return str(wanted) if wanted in item.also_chargeable_to else item.charged_to


def _unanswered(subject: str) -> Judged:
    return Judged(None, False, None, subject, False)
