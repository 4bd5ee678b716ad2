"""Two writers of one record: two phones of one user, and the office that decides meanwhile."""

from __future__ import annotations

import time
from typing import Any

from tests.faults.network.conftest import Check
from tests.faults.network.phone import Habits, Phone
from tests.faults.network.serving import Server
from tests.faults.network.stored import fields_of, read_stored
from tests.faults.network.town import YEAR_MS, Town, new_record
from tests.faults.tally import Tally

FINISHED = {"mode": "daily", "state": "finished"}
ITEM = "answers/P2-01"


def test_two_phones_of_one_user_lose_no_edit_and_end_up_alike(
    town: Town, server: Server, check: Check, scale: int, tally: Tally
) -> None:
    phones = [town.phone("inspector", server.port) for _ in range(2)]
    for _ in range(4 * scale):
        record = new_record()
        for value, phone in enumerate(phones, start=1):
            phone.save(record, {**FINISHED, ITEM: {"value": value}})
            time.sleep(0.002)  # a later stamp needs a later millisecond
        for phone in reversed(phones):  # what was written later arrives earlier
            assert phone.sync()
        assert phones[0].sync()
        assert phones[1].sync()
        held = [phone.pulled["inspection", record][ITEM]["value"]["value"] for phone in phones]
        assert held == [2, 2], "what was written later counts, not what arrived later"
    _end(*phones)
    found = check()
    tally.add(49, 4 * scale, len(found))
    assert found == []


def test_a_clock_that_is_years_ahead_wins_over_nobody_who_writes_later(
    town: Town, server: Server, check: Check
) -> None:
    ahead = town.phone("inspector", server.port, Habits(skew_ms=10 * YEAR_MS))
    right = town.phone("inspector", server.port)
    record = new_record()
    ahead.save(record, {**FINISHED, ITEM: {"value": 1}})
    assert ahead.sync()
    assert "ordered_as" in ahead.last_receipts[0]
    right.save(record, {ITEM: {"value": 2}})
    assert right.sync()
    assert right.pulled["inspection", record][ITEM]["value"] == {"value": 2}
    assert ahead.sync()
    _end(ahead, right)
    assert check() == []


def test_what_comes_after_the_decision_is_late_and_changes_nothing(
    town: Town, server: Server, check: Check, scale: int, tally: Tally
) -> None:
    phone = town.phone("inspector", server.port)
    for _ in range(2 * scale):
        record = _finished(phone)
        late = phone.save(record, {ITEM: {"value": 1}})  # offline
        assert town.review(record, "confirm")
        assert phone.sync()
        assert phone.last_receipts[0]["state"] == "late"
        assert phone.pulled["inspection", record]["review"]["value"]["state"] == "confirmed"
        assert ITEM not in phone.pulled["inspection", record]
        assert phone.name_of(late) in phone.arrived
    _end(phone)
    found = check()
    tally.add(51, 2 * scale, len(found))
    assert found == []


def test_a_voided_record_is_not_revived_and_the_edit_is_kept(
    town: Town, server: Server, check: Check, scale: int, tally: Tally
) -> None:
    phone = town.phone("inspector", server.port)
    for _ in range(2 * scale):
        record = _finished(phone)
        edit = phone.save(record, {**FINISHED, ITEM: {"value": 1}})
        assert town.review(record, "void", "a double")
        assert phone.sync()
        kept = read_stored(server.data, town.company)
        assert kept.inspections[record]["status"] == "void"
        (row,) = [row for row in kept.edits if row["digest"] == phone.name_of(edit)]
        assert (row["state"], fields_of(row)[ITEM]) == ("late", {"value": 1})
    _end(phone)
    found = check()
    tally.add(50, 2 * scale, len(found))
    assert found == []


def test_a_returned_record_goes_on_where_the_office_left_it(
    town: Town, server: Server, check: Check
) -> None:
    phone = town.phone("inspector", server.port)
    record = _finished(phone)
    assert town.review(record, "return", "which door?")
    phone.save(record, {"reply": "the front door", "state": "finished"})
    assert phone.sync()
    states: dict[str, Any] = read_stored(server.data, town.company).inspections[record]
    assert states["status"] == "finished"
    _end(phone)
    assert check() == []


def _finished(phone: Phone) -> str:
    record = new_record()
    phone.save(record, dict(FINISHED))
    assert phone.sync()
    return record


def _end(*phones: Phone) -> None:
    for phone in phones:
        assert phone.sync()
        phone.end(is_current=True)
