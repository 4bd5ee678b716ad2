"""Pulls that are cut, cached, borrowed or overtaken: no row is skipped, none is somebody else's."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from tests.faults.network.check_phones import cursor_number
from tests.faults.network.conftest import Check, Proxying
from tests.faults.network.fleet import Work, drain, make_phones, run_phones
from tests.faults.network.history import Pulled, Uncertain
from tests.faults.network.phone import Phone
from tests.faults.network.proxy import CALM, Weather
from tests.faults.network.serving import Server
from tests.faults.network.town import Town, new_record
from tests.faults.tally import Tally

FINISHED = {"mode": "daily", "state": "finished"}
MOST_MEMORY_KIB = 150 * 1024
READS = ("/sync/proof", "/sync/consistency?size=0", "/photos/" + "0" * 64)


def test_no_answer_may_be_kept_by_a_cache_and_an_old_one_is_not_believed(
    town: Town, server: Server, check: Check, scale: int, tally: Tally
) -> None:
    phone = town.phone("inspector", server.port)
    headers = {"Authorization": f"Bearer {phone.token}"}
    for path in READS:
        reply = phone.wire.ask("GET", f"/api/v1{path}", None, headers)
        assert "no-store" in reply.headers["cache-control"], path
    for _ in range(3 * scale):
        phone.save(new_record(), dict(FINISHED))
        old = phone.ask_sync(list(phone.outbox.values()))
        assert phone.sync()
        edit = phone.save(new_record(), dict(FINISHED))
        before = phone.cursor
        assert phone.take([edit], old) is None  # what a broken cache would answer
        assert (phone.name_of(edit) in phone.outbox, phone.cursor) == (True, before)
        assert phone.sync()
    phone.end(is_current=True)
    found = check()
    tally.add(12, 3 * scale + len(READS), len(found))
    assert found == []


def test_a_cursor_of_somebody_else_opens_nothing(
    town: Town, server: Server, check: Check, scale: int, tally: Tally
) -> None:
    mine, theirs = town.phone("inspector 1", server.port), town.phone("inspector 2", server.port)
    for phone in (mine, theirs):
        for _ in range(2 * scale):
            phone.save(new_record(), town.fields(phone))
        assert phone.sync()
    own, theirs_kept = mine.cursor, theirs.cursor
    for borrowed in (theirs_kept, "", "nonsense", str(own)[:-1]):
        mine.cursor = borrowed
        reply = mine.ask_sync([])
        assert (reply.status, reply.code) == (400, "cursor_invalid")
    mine.cursor = own
    for phone in (mine, theirs):
        assert phone.sync()
        phone.end(is_current=True)
    found = check()
    tally.add(53, 4, len(found))
    assert found == []


def test_a_pull_while_others_write_skips_nothing(
    town: Town, proxying: Proxying, check: Check, scale: int, tally: Tally
) -> None:
    proxy = proxying(lambda: CALM)
    phones = make_phones(town, proxy.port, 6, batch=3)
    run_phones(town, phones, Work(10 * scale, burst=2, revisits=0.6))
    pulls = len(town.history.of(Pulled))
    drain(phones)
    found = check()
    tally.add(54, pulls, len(found))
    assert found == []


def test_a_first_pull_that_is_cut_again_and_again_goes_on_from_its_page(
    town: Town, proxying: Proxying, server: Server, scale: int, tally: Tally
) -> None:
    rows = 100_000 if scale > 1 else 3_000
    writer = town.phone("inspector", server.port)
    writer.save(new_record(), town.fields(writer))
    assert writer.sync()
    fill(server.database, town.company, writer, rows)
    proxy = proxying(Weather(town.seed, 0.4, {"cut_response": 3, "truncate": 1}))
    phone = town.phone("inspector", proxy.port)
    phone.wire.patience_s = 20
    before = {worker: _memory_kib(worker, "VmRSS") for worker in server.workers()}
    _forget_peaks(before)
    began, tries = time.monotonic(), 0
    while not phone.sync():
        tries += 1
    seconds = time.monotonic() - began
    pages = [line for line in town.history.of(Pulled) if line.device == phone.device]
    reached = [cursor_number(line.after) for line in pages]
    own = [key for key in phone.pulled if key[0] == "inspection"]
    grown = max(_memory_kib(worker, "VmHWM") - before[worker] for worker in before)
    tally.add(55, rows, 0)
    tally.add(56, tries, 0)
    tally.measured(f"first pull of {rows} records, cut {tries} times", round(seconds, 1), "s")
    tally.measured("memory that a worker grew by meanwhile", round(grown / 1024, 1), "MB")
    assert grown < MOST_MEMORY_KIB
    assert len(own) == rows + 1
    assert reached == sorted(set(reached)), "a page came twice"
    assert tries == len([one for one in town.history.of(Uncertain) if one.device == phone.device])
    assert tries > 1
    assert sum(len(line.records) for line in pages) == len(phone.pulled), "read more than once"


def fill(database: Path, company: str, phone: Phone, rows: int) -> None:
    """Give this phone's user so many more records, copied from their first one."""
    with closing(sqlite3.connect(database, timeout=30, isolation_level=None)) as base:
        base.execute("BEGIN IMMEDIATE")
        names = [row[1] for row in base.execute("PRAGMA table_info(inspection)")]
        taken = [f":{name}" if name in ("id", "change_seq") else name for name in names]
        copy = (
            f"INSERT INTO inspection ({', '.join(names)}) SELECT {', '.join(taken)} "
            "FROM inspection WHERE company = :company AND device = :device LIMIT 1"
        )
        (last,) = base.execute(
            "SELECT change_seq FROM log_head WHERE company = ?", (company,)
        ).fetchone()
        named = {"company": company, "device": phone.device}
        made = [{"id": new_record(), "change_seq": last + 1 + row, **named} for row in range(rows)]
        base.executemany(copy, made)
        head = {"change_seq": last + rows, "company": company}
        base.execute("UPDATE log_head SET change_seq = :change_seq WHERE company = :company", head)
        base.execute("COMMIT")


def _memory_kib(process: int, what: str) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what))


def _forget_peaks(processes: Iterable[int]) -> None:
    for process in processes:
        Path(f"/proc/{process}/clear_refs").write_text("5")  # the peak begins anew, see proc(5)
