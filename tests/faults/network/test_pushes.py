"""Pushes that repeat, overtake, contradict or come too late: each has its answer, none is lost."""

from __future__ import annotations

from server.accounts.models import User
from tests.faults.network.conftest import Check
from tests.faults.network.phone import Phone
from tests.faults.network.serving import Server
from tests.faults.network.stored import read_stored
from tests.faults.network.town import Town, new_record
from tests.faults.tally import Tally

FINISHED = {"mode": "daily", "state": "finished"}


def states(phone: Phone) -> list[str]:
    """What the last push's receipts say, in short."""
    return [
        f"{receipt['state']} {receipt.get('problem', {}).get('code', '')}".strip()
        for receipt in phone.last_receipts
    ]


def test_an_edit_twice_in_a_batch_has_one_effect_and_two_equal_receipts(
    town: Town, server: Server, check: Check, scale: int, tally: Tally
) -> None:
    phone = town.phone("inspector", server.port)
    for _ in range(5 * scale):
        edit = phone.save(new_record(), dict(FINISHED))
        assert phone.push([edit, edit])
        assert phone.last_receipts[0] == phone.last_receipts[1]
    phone.end()
    found = check()
    tally.add(45, 5 * scale, len(found))
    assert found == []


def test_batches_out_of_order_leave_a_named_gap_that_closes(
    town: Town, server: Server, check: Check, scale: int, tally: Tally
) -> None:
    phone = town.phone("inspector", server.port)
    for _ in range(3 * scale):
        record = new_record()
        edits = [phone.save(record, {"answers/P2-01": {"value": value}}) for value in range(1, 6)]
        serials = [edit["serial"] for edit in edits]
        assert phone.push([edits[4], edits[2]])
        assert phone.missing == [serials[0:2], [serials[3], serials[3]]]
        assert phone.push([edits[3], edits[1], edits[0]])
        assert phone.missing == []
        assert phone.pulled["inspection", record]["answers/P2-01"]["value"] == {"value": 5}
    phone.end()
    found = check()
    tally.add(46, 3 * scale, len(found))
    assert found == []


def test_the_same_stamp_with_other_content_is_refused_and_both_are_kept(
    town: Town, server: Server, check: Check, scale: int, tally: Tally
) -> None:
    phone = town.phone("inspector", server.port)
    for _ in range(4 * scale):
        edit = phone.save(new_record(), dict(FINISHED))
        assert phone.push([edit])
        other = phone.forge(edit, fields={"mode": "desk"})
        assert phone.push([other, edit])
        assert states(phone) == ["refused stamp_reused", "accepted"]
        assert phone.name_of(other) in phone.refused
    phone.end()
    found = check()
    tally.add(47, 4 * scale, len(found))
    assert found == []


def test_one_bad_edit_in_a_full_batch_stops_no_other(
    town: Town, server: Server, check: Check, scale: int, tally: Tally
) -> None:
    phone = town.phone("inspector", server.port)
    phone.wire.patience_s = 30
    for _ in range(min(5, scale)):
        for place in range(200):
            fields = {"mode": "no such mode"} if place == 2 else dict(FINISHED)
            phone.save(new_record(), fields)
        assert phone.push(list(phone.outbox.values()))
        told = states(phone)
        assert told[2] == "refused field_value"
        assert told[:2] + told[3:] == ["accepted"] * 199
    phone.end()
    found = check()
    tally.add(57, min(5, scale), len(found))
    tally.add(48, min(5, scale), len(found))
    assert found == []


def test_a_captured_request_sent_again_has_no_new_effect(
    town: Town, server: Server, check: Check, scale: int, tally: Tally
) -> None:
    phone = town.phone("inspector", server.port)
    captured: list[tuple[bytes, list[object]]] = []
    for _ in range(4 * scale):
        edit = phone.save(new_record(), dict(FINISHED))
        body = phone.body_of([edit])
        assert phone.push([edit])
        captured.append((body, list(phone.last_receipts)))
    before = _numbers(server, town)
    for body, receipts in captured:
        again = phone.wire.ask("POST", "/api/v1/sync", body, phone.headers(body))
        assert (again.status, again.json["receipts"]) == (200, receipts)
    town.change_user("inspector", _retire)
    for body, _ in captured:
        again = phone.wire.ask("POST", "/api/v1/sync", body, phone.headers(body))
        assert (again.status, again.code) == (403, "device_revoked")
    assert _numbers(server, town) == before
    phone.end()
    found = check()
    tally.add(58, 8 * scale, len(found))
    assert found == []


def test_work_of_one_whose_right_was_taken_away_is_kept_as_evidence(
    town: Town, server: Server, check: Check, scale: int, tally: Tally
) -> None:
    phone = town.phone("inspector", server.port)
    record = new_record()
    phone.save(record, dict(FINISHED))
    assert phone.sync()
    for _ in range(2 * scale):
        phone.save(record, {"answers/P2-01": {"value": "pass"}})
    town.change_user("inspector", _demote)
    assert phone.sync()
    assert set(states(phone)) == {"refused not_allowed"}
    assert len(phone.refused) == 2 * scale
    kept = read_stored(server.data, town.company)
    assert {row["digest"] for row in kept.quarantine} == set(phone.refused)
    assert "answers/P2-01" not in kept.inspections[record]["fields"]
    phone.save(record, {"answers/P2-02": {"value": "pass"}})
    town.change_user("inspector", _retire)
    assert not phone.sync()
    assert len(phone.outbox) == 1, "a phone that is sent away keeps what it has"
    town.change_user("inspector", _call_back)
    assert phone.sync()
    phone.end()
    found = check()
    tally.add(52, 2 * scale + 1, len(found))
    assert found == []


def _demote(user: User) -> None:
    user.role = "dispatcher"


def _retire(user: User) -> None:
    user.active = False


def _call_back(user: User) -> None:
    user.active, user.role = True, "inspector_fulltime"


def _numbers(server: Server, town: Town) -> tuple[int, int, int]:
    kept = read_stored(server.data, town.company)
    return len(kept.edits), len(kept.quarantine), len(kept.evidence)
