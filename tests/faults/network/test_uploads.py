"""Photos over links that drop, crawl and lie: all arrive whole, hardly a byte is sent twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.network.check import check_run
from tests.faults.network.conftest import Check, Proxying, close_database, make_database
from tests.faults.network.fleet import in_parallel, pause
from tests.faults.network.line import Fault
from tests.faults.network.phone import Phone
from tests.faults.network.photos import Carrier
from tests.faults.network.proxy import CALM, WEIGHTS, FaultProxy, Weather
from tests.faults.network.serving import Server
from tests.faults.network.town import Town, found_town, new_record
from tests.faults.tally import Tally
from tests.support.drawing import draw_noise

# 20 kbit/s that drop every 10 s bring 25 kB between two drops. Time is scaled, the ratio is not.
DROP_BYTES = 25_000
MOST_SENT = 1.1
TRIES = 2_000


def name_photos(phone: Phone, town: Town, carrier: Carrier, photos: list[bytes]) -> str:
    """One check that names all of these photos, on the server; its record."""
    record = new_record()
    names = [carrier.take(photo) for photo in photos]
    fields = {
        f"answers/P{place // 12 + 1}-01": {"value": "pass", "photos": names[place : place + 12]}
        for place in range(0, len(names), 12)
    }
    phone.save(record, {**town.fields(phone), **fields})
    assert phone.sync()
    return record


def send_all(carrier: Carrier, tries: int = TRIES) -> int:
    """Try until everything is proved; how many tries it took."""
    for attempt in range(1, tries + 1):
        if carrier.send():
            return attempt
    raise AssertionError(f"{len(carrier.waiting)} photos wait after {tries} tries")


def test_a_photo_over_a_link_that_drops_all_the_time_is_sent_hardly_more_than_once(
    town: Town, proxying: Proxying, check: Check, scale: int, tally: Tally
) -> None:
    proxy = proxying(lambda: CALM)
    phone = town.phone("inspector", proxy.port)
    carrier = Carrier(phone)
    photo = draw_noise(min(5, scale) * 1_000_000)
    name_photos(phone, town, carrier, [photo])
    proxy.plan = Weather(town.seed, 0.2, {"refuse": 1})
    proxy.drop_every, proxy.bytes_up = DROP_BYTES, 0
    send_all(carrier)
    ratio = proxy.bytes_up / len(photo)
    assert phone.sync()
    phone.end(is_current=True)
    found = check()
    drops = proxy.fired["drop"]
    tally.add(10, drops, len(found))
    tally.measured(f"{len(photo) // 1_000_000} MB photo, {drops} drops: sent", round(ratio, 3), "x")
    assert found == []
    assert carrier.begun == 1, "begun again from byte 0"
    assert carrier.offsets == sorted(carrier.offsets), "an offset went back"
    assert drops >= len(photo) // DROP_BYTES - 1
    assert ratio <= MOST_SENT


def test_a_check_with_many_photos_gets_through_on_a_slow_link(
    town: Town, proxying: Proxying, check: Check, scale: int, tally: Tally
) -> None:
    """20 kbit/s and 400 ms, eighty times as fast so that it can be waited for."""
    rate, latency = 20_000 / 8 * 80, 0.4 / 80
    proxy = proxying(lambda: CALM)
    phone = town.phone("inspector", proxy.port)
    carrier = Carrier(phone)
    photos = [draw_noise(30_000) + bytes([place]) for place in range(min(20, 4 * scale))]
    record = name_photos(phone, town, carrier, photos)
    proxy.plan = lambda: Fault("latency", bytes_per_second=rate, seconds=latency)
    proxy.bytes_up = 0
    assert send_all(carrier) == 1
    ratio = proxy.bytes_up / sum(map(len, photos))
    assert phone.sync()
    assert record not in phone.awaited
    assert phone.awaited == []
    phone.end(is_current=True)
    found = check()
    tally.add(9, len(photos), len(found))
    tally.measured(f"{len(photos)} photos at 20 kbit/s: sent", round(ratio, 3), "x")
    assert found == []
    assert ratio <= MOST_SENT


def test_photos_through_a_storm_arrive_whole_or_not_at_all(
    town: Town, proxying: Proxying, server: Server, check: Check, scale: int, tally: Tally
) -> None:
    """Bits flip, lines break, a worker dies; two phones send the same photo at once."""
    proxy = proxying(lambda: CALM)
    carriers = [Carrier(town.phone(f"inspector {place}", proxy.port)) for place in range(3)]
    same = draw_noise(40_000)
    for place, carrier in enumerate(carriers):
        own = [draw_noise(40_000) + bytes([place, one]) for one in range(min(10, scale))]
        name_photos(carrier.phone, town, carrier, [same, *own])
    by_phone = {carrier.phone.device: carrier for carrier in carriers}
    proxy.plan = Weather(town.seed, 0.5, {**WEIGHTS, "blackhole": 0})

    def carry(phone: Phone) -> float:
        for attempt in range(200):
            if by_phone[phone.device].send():
                return attempt
            pause(phone.chance, min(attempt, 3))
        return 0.0

    phones = [carrier.phone for carrier in carriers]
    phones[0].wire.patience_s = 5
    server.kill_worker(phones[0].chance)
    in_parallel(phones, carry)
    proxy.plan = lambda: CALM
    for carrier in carriers:
        send_all(carrier, 20)
        assert carrier.phone.sync()
        assert carrier.phone.awaited == []
        carrier.phone.end(len(carrier.waiting), is_current=True)
    found = check()
    tally.add(6, proxy.fired["flip_up"], len(found))
    tally.add(10, proxy.fired["cut_request"], len(found))
    assert found == []
    assert proxy.fired["flip_up"]


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[tuple[Server, Town]]:
    """A server whose gunicorn kills a worker that does not move for a second."""
    app = make_database(tmp_path)
    server = Server(tmp_path, options=("--timeout", "1"))
    server.start()
    yield server, found_town(app, "impatient", 67)
    server.kill_tree()
    close_database(app)


def test_an_upload_whose_worker_is_killed_by_its_watchdog_goes_on(
    impatient: tuple[Server, Town], scale: int, tally: Tally
) -> None:
    server, town = impatient
    began, kills = time.monotonic(), 0
    with FaultProxy(lambda: server.port) as proxy:
        phone = town.phone("inspector", proxy.port)
        phone.wire.patience_s = 4
        carrier = Carrier(phone, chunk=256 * 1024)
        name_photos(phone, town, carrier, [draw_noise(80_000)])
        # Slower than the watchdog's patience: a slow phone is no reason to kill its worker.
        proxy.plan = lambda: Fault("slow", bytes_per_second=60_000)
        workers = server.workers()
        carrier_is_done = carrier.send()
        assert (carrier_is_done, server.workers()) == (True, workers)
        assert time.monotonic() - began > 1
        for place in range(min(5, scale)):
            carrier.chunk = 256 * 1024
            name_photos(phone, town, carrier, [draw_noise(80_000) + bytes([place])])
            server.freeze_workers(after_s=0.5)
            assert not carrier.send()
            server.wait_for_new_workers(workers)
            kills, workers = kills + len(workers), server.workers()
            send_all(carrier, 20)
            assert carrier.offsets[-1] > 0, "begun again from byte 0"
        assert phone.sync()
        phone.end(len(carrier.waiting), is_current=True)
    found = check_run(server.data, town.company, town.history)
    tally.add(67, kills, len(found))
    assert found == []
