"""The checker earns its trust: it finds every bug that is planted, and nothing where none is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from flask import Flask

from tests.faults.network.check import check_run
from tests.faults.network.conftest import close_database, make_database
from tests.faults.network.fleet import drain
from tests.faults.network.line import Fault
from tests.faults.network.phone import Habits
from tests.faults.network.planted import FILE
from tests.faults.network.proxy import CALM, FaultProxy
from tests.faults.network.scenario import play
from tests.faults.network.serving import Server
from tests.faults.network.stored import read_stored
from tests.faults.network.town import Town, found_town, new_record
from tests.faults.tally import Tally

# bug → the invariant that tells of it
BUGS = {
    "no idempotency": "I2",
    "a receipt that changes when it is repeated": "I2",
    "a pull that leaks other people's records": "I9",
    "a refused edit that is swallowed": "I1",
    "a merge in which the last arrival wins": "I7",
    "a digest that nobody checks": "I3",
    "a cursor that skips a record": "I7",
    "missing serials that are not named": "I6",
    "a head that does not move": "I5",
    "a late edit that changes what was decided": "I7",
    "a clock ahead that wins": "I6",
    "a leaf that does not cover the receipt": "I5",
    "a photo whose hash nobody checks": "I10",
    "a photo acknowledged before its bytes are kept": "I10",
    "a photo acknowledged at full length": "I10",
}
UNLOCK = "DROP TRIGGER IF EXISTS edit_no_update; DROP TRIGGER IF EXISTS evidence_no_update;"
CUT = "DROP TRIGGER IF EXISTS edit_no_delete; DROP TRIGGER IF EXISTS evidence_no_delete;"
# What somebody with all rights does to the database → the invariant that tells of it
TAMPERING = {
    "a log row altered after its receipt": (
        "I3",
        UNLOCK + "UPDATE edit SET body = replace(body, '\"pass\"', '\"fail\"') WHERE company = :c;",
    ),
    "a leaf altered after its receipt": (
        "I4",
        UNLOCK + "UPDATE evidence SET body = replace(body, 'accepted', 'late') WHERE company = :c;",
    ),
    "a log whose tail was cut off": (
        "I4b",
        CUT
        + "DELETE FROM evidence WHERE company = :c AND seq > "
        + "(SELECT leaves - 3 FROM log_head WHERE company = :c);"
        + "UPDATE log_head SET leaves = leaves - 3 WHERE company = :c;",
    ),
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = make_database(tmp_path_factory.mktemp("planted"))
    yield app
    close_database(app)


@pytest.fixture(scope="module")
def planted(database: Flask) -> Iterator[Server]:
    data = database.extensions["mingcha"].settings.data_dir
    server = Server(data, "tests.faults.network.planted:serve()")
    server.start()
    yield server
    server.kill_tree()


@pytest.fixture
def choose(planted: Server) -> Iterator[Callable[[str], None]]:
    """Sets a bug to work; none is when the test is over."""
    file = planted.data / FILE

    def choose(bug: str) -> None:
        file.write_text(bug, encoding="utf-8")

    yield choose
    file.unlink(missing_ok=True)


@pytest.fixture
def town(database: Flask, request: pytest.FixtureRequest) -> Town:
    return found_town(database, request.node.name[:100], 7)


def test_where_nothing_is_planted_nothing_is_found(planted: Server, town: Town) -> None:
    play(town, planted.port)
    assert check_run(planted.data, town.company, town.history) == []


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(
    bug: str, planted: Server, town: Town, choose: Callable[[str], None], tally: Tally
) -> None:
    choose(bug)
    play(town, planted.port)
    _expect(BUGS[bug], bug, planted, town, tally)


def test_an_answer_ahead_of_its_commit_is_found(
    planted: Server, town: Town, choose: Callable[[str], None], tally: Tally
) -> None:
    bug = "acknowledged before it is committed"
    phone = town.phone("inspector", planted.port)
    choose(bug)
    phone.save(new_record(), town.fields(phone))
    assert phone.push(list(phone.outbox.values()))
    planted.kill_workers()
    choose("")
    drain([phone])
    _expect("I1", bug, planted, town, tally)


def test_a_phone_that_drops_what_was_refused_is_found(
    planted: Server, town: Town, tally: Tally
) -> None:
    phone = town.phone("inspector", planted.port, Habits(drops_refused=True))
    phone.save(new_record(), {"mode": "no such mode"})
    drain([phone])
    _expect("I11", "phone: drops what was refused", planted, town, tally)


def test_a_phone_that_believes_any_success_is_found(
    planted: Server, town: Town, tally: Tally
) -> None:
    with FaultProxy(lambda: planted.port, lambda: Fault("portal")) as proxy:
        phone = town.phone("inspector", proxy.port, Habits(believes_any_success=True))
        phone.wire.checks_digest = False
        phone.save(new_record(), town.fields(phone))
        assert not phone.sync()
        proxy.plan = lambda: CALM
        drain([phone])
    _expect("I11", "phone: drops everything on any 2xx", planted, town, tally)


@pytest.mark.parametrize("deed", TAMPERING)
def test_tampering_with_the_log_is_found(
    deed: str, planted: Server, town: Town, tally: Tally
) -> None:
    play(town, planted.port)
    assert read_stored(planted.data, town.company).evidence
    invariant, script = TAMPERING[deed]
    with closing(sqlite3.connect(planted.database, isolation_level=None)) as base:
        for statement in filter(str.strip, script.split(";")):
            base.execute(statement, {"c": town.company})
    _expect(invariant, deed, planted, town, tally)


def _expect(invariant: str, bug: str, planted: Server, town: Town, tally: Tally) -> None:
    found = check_run(planted.data, town.company, town.history)
    caught = any(line.startswith(f"{invariant} ") for line in found)
    tally.planted(f"network: {bug}", caught)
    assert caught, found or "the checker found nothing"
