"""A short working day in which every rule of the sync is needed once: what planted bugs run in."""

from __future__ import annotations

import time

from tests.faults.network.fleet import drain
from tests.faults.network.phone import Edit, Habits, Phone
from tests.faults.network.photos import Carrier
from tests.faults.network.town import YEAR_MS, Town, new_record
from tests.support.drawing import draw_noise

TICK_S = 0.003  # a later stamp needs a later millisecond
TAIL = b"the last bytes"


def play(town: Town, port: int) -> None:
    """Everything once, then drain. Nothing is asserted here: the checker sees what went wrong."""
    first, twin = town.phone("inspector 1", port), town.phone("inspector 1", port)
    other = town.phone("inspector 2", port)
    ahead = town.phone("inspector 2", port, Habits(skew_ms=10 * YEAR_MS))
    record = _repeat_and_refuse(town, first, twin)
    _overtake(first, record)
    _write_from_the_future(town, ahead, other)
    _spoil_on_the_way(town, other)
    carrier = _carry_photos(town, other)
    town.review(record, "confirm")
    first.save(record, {"answers/P2-07": {"value": "fail"}})
    _push_all(first)
    for _ in range(3):
        carrier.send()
    drain([first, twin, other, ahead], patience_s=3)


def _repeat_and_refuse(town: Town, first: Phone, twin: Phone) -> str:
    record = new_record()
    twin.save(record, town.fields(twin))
    time.sleep(TICK_S)
    first.save(record, town.fields(first) | {"answers/P2-01": {"value": 2}})
    bad = first.save(new_record(), {"mode": "no such mode"})
    batch = list(first.outbox.values())
    first.push(batch)
    first.push(batch[:1])
    first.push(batch)
    first.forge(bad, fields={"mode": "nor this"})
    _push_all(first)
    _push_all(twin)  # written before, arrives after
    return record


def _overtake(phone: Phone, record: str) -> None:
    edits = [phone.save(record, {"answers/P2-02": {"value": value}}) for value in (1, 2, 3)]
    phone.push(edits[2:])
    phone.push(edits[:2])


def _write_from_the_future(town: Town, ahead: Phone, other: Phone) -> None:
    record = new_record()
    ahead.save(record, town.fields(ahead))
    _push_all(ahead)
    time.sleep(TICK_S)
    other.save(record, {"answers/P2-01": {"value": 5}})
    _push_all(other)


def _spoil_on_the_way(town: Town, phone: Phone) -> None:
    record = new_record()
    batch = [phone.save(record, town.fields(phone)), phone.save(record, {"state": "finished"})]
    phone.wire.spoil = lambda body: body.replace(b"canary of", b"Canary of", 1)
    phone.push(batch)
    phone.wire.spoil = bytes


def _carry_photos(town: Town, phone: Phone) -> Carrier:
    """A photo whose last bytes are altered on the way, at first."""
    carrier = Carrier(phone)
    name = carrier.take(draw_noise(20_000) + TAIL)
    fields = {"answers/P6-03": {"value": "pass", "photos": [name]}}
    phone.save(new_record(), town.fields(phone) | fields)
    _push_all(phone)
    phone.wire.spoil = lambda body: body.replace(TAIL, TAIL.upper())
    carrier.send()
    phone.wire.spoil = bytes
    return carrier


def _push_all(phone: Phone) -> list[Edit]:
    batch = list(phone.outbox.values())
    phone.push(batch)
    return batch
