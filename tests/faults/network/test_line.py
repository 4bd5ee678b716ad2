"""Each way in which a line fails, alone: no lost edit, no second effect, no altered byte."""

from __future__ import annotations

import time

import pytest

from tests.faults.network.conftest import Check, Proxying
from tests.faults.network.fleet import Work, drain, make_phones, run_phones
from tests.faults.network.line import Fault
from tests.faults.network.proxy import CALM, Weather
from tests.faults.network.town import Town, new_record
from tests.faults.tally import Tally

LAST_BYTE = 400
SHARE = 0.7


@pytest.mark.parametrize(
    ("kind", "number"),
    [("refuse", 1), ("truncate", 4), ("duplicate", 5), ("flip_up", 6), ("flip_down", 7)],
)
def test_each_fault_of_the_line_alone_breaks_nothing(
    *,
    kind: str,
    number: int,
    town: Town,
    proxying: Proxying,
    check: Check,
    scale: int,
    tally: Tally,
) -> None:
    proxy = proxying(Weather(town.seed, SHARE, {kind: 1}))
    phones = make_phones(town, proxy.port, 2)
    run_phones(town, phones, Work(8 * scale, burst=2, tries=2))
    assert proxy.fired[kind] >= 4 * scale
    proxy.plan = lambda: CALM
    drain(phones)
    found = check()
    tally.add(number, proxy.fired[kind], len(found))
    assert found == []


def test_a_reply_cut_at_any_byte_leaves_one_effect_and_one_receipt(
    town: Town, proxying: Proxying, check: Check, scale: int, tally: Tally
) -> None:
    proxy = proxying(lambda: CALM)
    phone = town.phone("inspector", proxy.port)
    places = range(0, LAST_BYTE + 1, max(1, 20 // scale))
    for byte in places:
        edit = phone.save(new_record(), {"mode": "daily", "state": "finished"})
        proxy.plan = lambda byte=byte: Fault("cut_response", byte=byte)
        assert phone.push([edit]) is None
        assert phone.name_of(edit) in phone.outbox
        proxy.plan = lambda: CALM
        assert phone.sync()
    assert proxy.fired["cut_response"] == len(places)
    phone.end(is_current=True)
    found = check()
    tally.add(2, len(places), len(found))
    assert found == []


def test_a_request_cut_at_any_byte_has_all_of_its_effect_or_none(
    town: Town, proxying: Proxying, check: Check, scale: int, tally: Tally
) -> None:
    proxy = proxying(lambda: CALM)
    phone = town.phone("inspector", proxy.port)
    phone.save(new_record(), {"mode": "daily"})
    assert phone.sync()
    cuts = 0
    for place in range(0, 100, max(1, 10 // scale)):
        record = new_record()
        batch = [phone.save(record, {"mode": "daily"}), phone.save(record, {"state": "finished"})]
        proxy.plan = lambda place=place: Fault("cut_request", place=place / 100)
        assert phone.push(batch) is None
        cuts += 1
        proxy.plan = lambda: CALM
        assert phone.push([]) is not None
        assert (phone.missing, len(phone.outbox)) == ([], 2), "half a request had an effect"
        assert phone.sync()
    phone.end(is_current=True)
    found = check()
    tally.add(3, cuts, len(found))
    assert found == []


def test_a_black_hole_is_given_up_in_time_and_tried_again(
    town: Town, proxying: Proxying, check: Check, scale: int, tally: Tally
) -> None:
    proxy = proxying(lambda: Fault("blackhole"))
    phone = town.phone("inspector", proxy.port)
    phone.wire.patience_s = 0.5
    waited: list[float] = []
    for _ in range(2 * scale):
        phone.save(new_record(), {"mode": "daily"})
        began = time.monotonic()
        assert not phone.sync()
        waited.append(time.monotonic() - began)
    assert proxy.fired["blackhole"] == 2 * scale
    assert max(waited) < phone.wire.patience_s + 2
    proxy.plan = lambda: CALM
    drain([phone])
    found = check()
    tally.add(8, 2 * scale, len(found))
    assert found == []


def test_a_portal_that_says_200_to_everything_is_no_server(
    town: Town, proxying: Proxying, check: Check
) -> None:
    proxy = proxying(lambda: Fault("portal"))
    phone = town.phone("inspector", proxy.port)
    phone.save(new_record(), {"mode": "daily"})
    assert not phone.sync()
    assert len(phone.outbox) == 1
    proxy.plan = lambda: CALM
    drain([phone])
    assert check() == []
