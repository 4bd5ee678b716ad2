"""PostgreSQL ends a transaction of its own accord: the request is told, asks again, counts once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from tests.faults.network.fleet import Work, drain, make_phones, run_phones
from tests.faults.network.history import Uncertain
from tests.faults.network.serving import Server
from tests.faults.network.town import Town
from tests.faults.postgresql.conftest import DATABASE, Bench, Check
from tests.faults.tally import Tally
from tests.support.phone import new_record
from tests.support.postgresql import Cluster
from tests.support.world import inspection_fields

PHONES, EDITS = 4, 40
# One write in five ends in an error of the server's, at whatever row it just was.
TABLES = ("edit", "evidence", "inspection", "finding", "log_head")
FUNCTION = """
CREATE OR REPLACE FUNCTION give_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF random() < 0.02 THEN RAISE EXCEPTION 'planted' USING ERRCODE = '40001'; END IF;
  IF random() < 0.02 THEN RAISE EXCEPTION 'planted' USING ERRCODE = '40P01'; END IF;
  RETURN NEW;
END $$
"""


@contextmanager
def giving_up(cluster: Cluster) -> Iterator[None]:
    """Writes fail now and then as if two transactions had met, until the block ends."""
    with cluster.connect(DATABASE) as connection:
        connection.execute(FUNCTION)
        for table in TABLES:
            connection.execute(
                f"CREATE TRIGGER give_up BEFORE INSERT OR UPDATE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION give_up()"
            )
    try:
        yield
    finally:
        with cluster.connect(DATABASE) as connection:
            for table in TABLES:
                connection.execute(f"DROP TRIGGER give_up ON {table}")


def test_transactions_that_are_given_up_count_once_in_the_end(
    bench: Bench, server: Server, town: Town, check: Check, scale: int, tally: Tally
) -> None:
    phones = make_phones(town, server.port, PHONES, batch=4)
    with giving_up(bench.cluster):
        run_phones(town, phones, Work(EDITS * scale // PHONES, tries=3))
    met = [one for one in town.history.of(Uncertain) if one.why == "503 server_busy"]
    drain(phones)
    found = check()
    tally.add(79, len(met), len(found))
    assert found == []
    assert met, "nothing was given up"
    assert {one.why for one in town.history.of(Uncertain)} == {"503 server_busy"}


def test_of_two_transactions_in_each_others_way_ours_is_told_and_asks_again(
    bench: Bench, app: Flask, town: Town, tally: Tally
) -> None:
    """Another program locks in the other order: PostgreSQL ends ours, which waited first."""
    town.world.add_user("inspector", "inspector_fulltime")
    phone, record = town.world.enrol("inspector"), new_record()
    edit = phone.edit(record, inspection_fields(town.world))
    statuses: list[int] = []
    push = threading.Thread(target=lambda: statuses.append(phone.sync(edit).status_code))
    with bench.cluster.connect(DATABASE) as other, other.transaction():
        other.execute("SET LOCAL deadlock_timeout = '20s'")
        other.execute("LOCK TABLE inspection IN EXCLUSIVE MODE")
        push.start()
        wait_until_blocked(bench.cluster)
        other.execute("SELECT 1 FROM log_head WHERE company = %s FOR UPDATE", [town.company])
    push.join(20)
    receipts = phone.push(edit)
    tally.add(79, 1, int(statuses != [503] or receipts[0]["state"] != "accepted"))
    assert statuses == [503]
    assert receipts[0]["state"] == "accepted"
    assert phone.push(edit) == receipts


def wait_until_blocked(cluster: Cluster) -> None:
    """Until somebody waits for a lock that somebody else holds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0"
    with cluster.connect(DATABASE) as connection:
        while not (connection.execute(waiting).fetchone() or [0])[0]:
            pass
