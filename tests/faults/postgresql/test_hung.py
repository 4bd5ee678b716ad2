"""A PostgreSQL that hangs, or has no connection free: 503 in time, and nothing is left hanging."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress

from flask import Flask
from sqlalchemy.exc import DBAPIError

from server.db import begin_write, db
from tests.faults.network.fleet import drain
from tests.faults.network.serving import Server
from tests.faults.network.town import Town
from tests.faults.network.wire import Reply
from tests.faults.postgresql.conftest import LIMITS, LONGEST_S, Bench, Check
from tests.faults.tally import Tally
from tests.support.phone import Phone

ASKED = 6


def _enrol(town: Town) -> Phone:
    town.world.add_user("inspector", "inspector_fulltime")
    return town.world.enrol("inspector")


def is_told_to_wait(reply: Reply) -> bool:
    return (reply.status, reply.code) == (503, "server_busy") and "retry-after" in reply.headers


def test_a_hung_server_is_given_up_in_time_and_found_again(
    bench: Bench, server: Server, town: Town, check: Check, scale: int, tally: Tally
) -> None:
    phone = town.phone("inspector", server.port)
    phone.wire.patience_s = LONGEST_S + 5
    for _ in range(2 * ASKED):
        phone.save(town.world.vehicles[0], {"answers/P5-02": {"value": "pass"}})
    while not phone.sync():  # so that connections are open when the server hangs
        assert phone.outbox
    phone.save(town.world.vehicles[0], {"answers/P5-02": {"value": "fail"}})
    edit = list(phone.outbox.values())
    took: list[float] = []
    for _ in range(min(scale, 3)):
        with bench.cluster.hung(), ThreadPoolExecutor(ASKED + 1) as pool:
            began = time.monotonic()
            asked = [pool.submit(phone.ask_sync, edit) for _ in range(ASKED)]
            probe = pool.submit(phone.wire.ask, "GET", "/api/v1/healthz")
            for one in [*asked, probe]:
                assert is_told_to_wait(one.result())
                took.append(time.monotonic() - began)
    drain([phone])
    found = check()
    late = [seconds for seconds in took if seconds > LONGEST_S]
    tally.add(78, len(took), len(found) + len(late))
    tally.measured("postgresql: longest wait for a hung server", round(max(took), 2), "s")
    assert (found, late) == ([], [])


def test_without_a_free_connection_the_answer_comes_in_time(
    app: Flask, town: Town, tally: Tally
) -> None:
    phone = _enrol(town)
    with app.app_context(), ExitStack() as taken:
        pool = db.engine.pool
        size: int = pool.size() + pool._max_overflow  # type: ignore[attr-defined] # noqa: SLF001
        for _ in range(size):
            taken.enter_context(db.engine.connect())
        began = time.monotonic()
        with ThreadPoolExecutor(1) as other:
            reply = other.submit(phone.sync).result()
        seconds = time.monotonic() - began
    tally.add(78, 1, int(reply.status_code != 503 or seconds > LONGEST_S))
    assert (reply.status_code, reply.json["code"]) == (503, "server_busy")
    assert float(LIMITS["CONNECT"]) <= seconds < LONGEST_S
    assert phone.sync().status_code == 200


def test_a_writer_that_hangs_is_ended_and_the_others_go_on(
    app: Flask, town: Town, tally: Tally
) -> None:
    phone = _enrol(town)
    with hanging_writer(app):
        began = time.monotonic()
        edit = phone.edit(town.world.vehicles[0], {"answers/P5-02": {"value": "pass"}})
        statuses = [phone.sync(edit).status_code]
        while statuses[-1] != 200 and time.monotonic() - began < 3 * LONGEST_S:
            statuses.append(phone.sync(edit).status_code)
    tally.add(78, 1, int(statuses[-1] != 200))
    assert statuses[-1] == 200
    assert set(statuses) <= {200, 503}
    assert phone.sync(edit).json["receipts"][0]["state"] == "accepted"


@contextmanager
def hanging_writer(app: Flask) -> Iterator[None]:
    """A process that holds the write lock and does nothing, as if it were stopped."""
    holds, ended = threading.Event(), threading.Event()

    def hold() -> None:
        with app.app_context():
            begin_write(db.session)
            holds.set()
            ended.wait()
            with suppress(DBAPIError):  # PostgreSQL has ended it meanwhile
                db.session.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert holds.wait(10)
    try:
        yield
    finally:
        ended.set()
        holder.join()
