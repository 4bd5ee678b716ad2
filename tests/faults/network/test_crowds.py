"""Many at once: slow ones, all at six o'clock, busy writers, a thousand after days offline."""

from __future__ import annotations

import random
import socket
import sqlite3
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing

from tests.faults.network.conftest import Check, Proxying
from tests.faults.network.fleet import drain, in_parallel, make_phones, percentile
from tests.faults.network.history import Local, Uncertain
from tests.faults.network.phone import Phone
from tests.faults.network.proxy import CALM, WEIGHTS, Weather
from tests.faults.network.serving import Server
from tests.faults.network.town import Town, new_record
from tests.faults.tally import Tally

SLOW_PHONES = 30
SLOW_BYTES_PER_SECOND = 40
MOST_WAIT_S = 1.0
THREE_DAYS_MS = 3 * 86_400_000
SMALL = {"mode": "daily", "state": "finished", "answers/P2-01": {"value": "pass"}}


class SlowPhones(threading.Thread):
    """Thirty lines that each send a push at 40 bytes a second, until they are let go."""

    def __init__(self, phone: Phone, port: int) -> None:
        super().__init__()
        self.port, self.over = port, threading.Event()
        payload = phone.body_of([])
        heads = {**phone.headers(payload), "Content-Length": "4000", "Host": "slow"}
        head = "".join(f"{name}: {value}\r\n" for name, value in heads.items())
        self.request = f"POST /api/v1/sync HTTP/1.1\r\n{head}\r\n".encode()

    def run(self) -> None:
        with ExitStack() as lines:
            opened = [
                lines.enter_context(socket.create_connection(("127.0.0.1", self.port)))
                for _ in range(SLOW_PHONES)
            ]
            for line in opened:
                line.sendall(self.request)
            while not self.over.wait(0.25):
                for line in opened:
                    line.sendall(b" " * (SLOW_BYTES_PER_SECOND // 4))


def test_thirty_slow_phones_keep_nobody_waiting(
    town: Town, server: Server, check: Check, scale: int, tally: Tally
) -> None:
    slow = SlowPhones(town.phone("slow", server.port), server.port)
    slow.start()
    time.sleep(1)
    phone = town.phone("quick", server.port)
    waited: list[float] = []
    for _ in range(20 * scale):
        phone.save(new_record(), dict(SMALL))
        began = time.monotonic()
        assert phone.sync()
        waited.append(time.monotonic() - began)
    slow.over.set()
    slow.join()
    phone.end(is_current=True)
    found = check()
    tally.add(13, SLOW_PHONES, len(found))
    tally.measured("a push beside 30 slow phones, p99", round(percentile(waited, 0.99), 3), "s")
    assert found == []
    assert percentile(waited, 0.9) < MOST_WAIT_S


def test_everybody_at_six_o_clock_is_served_without_a_storm_of_errors(
    town: Town, server: Server, check: Check, scale: int, tally: Tally
) -> None:
    crowd = 500 if scale > 1 else 24
    phones = make_phones(town, server.port, crowd)
    for phone in phones:
        phone.wire.patience_s = 30
        for _ in range(3):
            phone.save(new_record(), dict(SMALL))
    at_once = threading.Barrier(crowd)

    def push(phone: Phone) -> float:
        at_once.wait(timeout=60)
        began = time.monotonic()
        phone.sync()
        return time.monotonic() - began

    waited = in_parallel(phones, push)
    why = Counter(line.why[:3] for line in town.history.of(Uncertain))
    drain(phones)
    found = check()
    tally.add(14, crowd, len(found))
    tally.measured(f"{crowd} phones at once: p99", round(percentile(waited, 0.99), 2), "s")
    assert found == []
    assert why["500"] == 0
    assert why["503"] <= crowd // 20, "a storm of errors"


def test_writers_that_find_the_database_busy_wait_or_are_told_when_to_come_back(
    town: Town, server: Server, check: Check, scale: int, tally: Tally
) -> None:
    """Somebody holds the database's write lock: a second in the short form, beyond its patience
    in the long one.
    """
    held_s, crowd = (12.0 if scale > 1 else 0.7), min(50, 10 * scale)
    phones = make_phones(town, server.port, crowd)
    answers: Counter[int] = Counter()

    def push(phone: Phone) -> None:
        phone.wire.patience_s = 60
        phone.save(new_record(), dict(SMALL))
        reply = phone.ask_sync(list(phone.outbox.values()))
        answers[reply.status] += 1
        assert reply.status == 200 or int(reply.headers["retry-after"]) > 0

    with closing(sqlite3.connect(server.database, isolation_level=None)) as base:
        base.execute("BEGIN IMMEDIATE")
        pushing = threading.Thread(target=in_parallel, args=(phones, push))
        pushing.start()
        time.sleep(held_s)
        base.rollback()
        pushing.join()
    drain(phones)
    found = check()
    tally.add(68, crowd, len(found))
    tally.measured(f"{crowd} writers, lock held {held_s} s: told to wait", answers[503], "")
    assert found == []
    assert answers.keys() <= {200, 503}


def test_a_thousand_phones_after_three_days_offline_double_nothing(
    town: Town, proxying: Proxying, check: Check, scale: int, tally: Tally
) -> None:
    """50 records each in the long form; 24 phones with 3 each in the short one."""
    number, records = (1000, 50) if scale > 1 else (24, 3)
    proxy = proxying(Weather(town.seed, 0.4, {**WEIGHTS, "blackhole": 0, "latency": 0}))
    phones = make_phones(town, proxy.port, number, batch=50)
    for phone in phones:
        own = phone.habits.skew_ms
        for record in range(records):
            phone.habits.skew_ms = own - THREE_DAYS_MS * (records - record) // records
            phone.save(new_record(), dict(SMALL))
        phone.wire.patience_s = 30

    began = time.monotonic()
    in_parallel(phones, _send, threads=24)
    proxy.plan = lambda: CALM
    in_parallel(phones, _finish, threads=24)
    took = time.monotonic() - began
    found = check()
    tally.add(5, proxy.fired["duplicate"], len(found))
    tally.add(2, proxy.fired["cut_response"], len(found))
    tally.measured(f"{number} phones x {records} records offline: all in", round(took, 1), "s")
    assert found == []
    assert len(town.history.of(Local)) == number * records


def _send(phone: Phone) -> None:
    for attempt in range(8):
        if phone.sync():
            return
        time.sleep(random.Random(phone.device).uniform(0, 0.1 * attempt))


def _finish(phone: Phone) -> None:
    while not phone.sync():
        time.sleep(0.05)
    phone.end()
