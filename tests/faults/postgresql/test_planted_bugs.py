"""Each bug that PostgreSQL invites is seen by this area's checks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from flask import Flask

from tests.faults.network.town import Town, found_town
from tests.faults.postgresql import planted
from tests.faults.postgresql.conftest import LONGEST_S, Bench, close_app
from tests.faults.postgresql.hanging import Asker
from tests.faults.postgresql.slow import find_skipped
from tests.faults.tally import Tally
from tests.support.phone import Phone, new_record
from tests.support.world import inspection_fields

Plant = Callable[[pytest.MonkeyPatch], None]
PUSHES = 4


def find_lost(bench: Bench, town: Town, phones: list[Phone]) -> list[str]:
    """Edits that were acknowledged and are gone after PostgreSQL ended at once."""
    acked = []
    for phone in phones * PUSHES:
        edit = phone.edit(new_record(), inspection_fields(town.world))
        if phone.push(edit)[0]["state"] == "accepted":
            acked.append(edit["stamp"])
    bench.restart()
    with bench.cluster.connect("town") as connection:
        kept = {stamp for (stamp,) in connection.execute("SELECT stamp FROM edit")}
    return [stamp for stamp in acked if stamp not in kept]


def find_spoilt(town: Town, phones: list[Phone]) -> list[str]:
    """What two phones, writing into one record at once, were not answered or lost."""
    found: list[str] = []
    record = new_record()
    phones[0].push(phones[0].edit(record, inspection_fields(town.world)))
    for number in range(PUSHES):
        fields = [{f"extra/{number}-{place}": "here"} for place in range(len(phones))]
        edits = [one.edit(record, mine) for one, mine in zip(phones, fields, strict=True)]
        with ThreadPoolExecutor(len(phones)) as pool:
            pushes = zip(phones, edits, strict=True)
            replies = list(pool.map(lambda push: push[0].sync(push[1]), pushes))
        found += [f"answered {one.status_code}" for one in replies if one.status_code != 200]
        pulled = {one["record"]: one["fields"] for one in phones[0].sync().json["records"]}
        names = {name for one in fields for name in one}
        found += sorted(names - pulled[record].keys())
    return found


def find_unanswered(bench: Bench, app: Flask) -> list[str]:
    """Whether a probe is left without an answer while PostgreSQL hangs."""
    client = app.test_client()
    assert client.get("/api/v1/healthz").status_code == 200
    asker = Asker(partial(client.get, "/api/v1/healthz"))
    with bench.cluster.hung():
        reply = asker.answer_within(LONGEST_S)
    asker.join()
    return [] if reply is not None and reply.status_code == 503 else ["no answer"]


def find_all(name: str, bench: Bench, app: Flask, town: Town) -> list[str]:
    """What the check that is meant for this bug finds."""
    if name == "wait_for_ever":
        return find_unanswered(bench, app)
    town.world.add_user("inspector", "inspector_fulltime")
    if name == "skip_late_commits":
        return find_skipped(app, town.world, "inspector")
    phones = [town.world.enrol("inspector") for _ in range(2)]
    if name == "trust_the_server":
        return find_lost(bench, town, phones)
    return find_spoilt(town, phones)


PLANTED: tuple[Plant, ...] = (
    planted.take_no_lock,
    planted.skip_late_commits,
    planted.trust_the_server,
    planted.wait_for_ever,
)


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_every_planted_bug_is_caught(
    bench: Bench, app: Flask, town: Town, plant: Plant, tally: Tally
) -> None:
    name = plant.__name__
    assert find_all(name, bench, app, town) == []
    close_app(app)
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        faulty = bench.open_app()
        faulty.config["PROPAGATE_EXCEPTIONS"] = False
        found = find_all(name, bench, faulty, found_town(faulty, f"faulty {name}", 1))
        close_app(faulty)
    tally.planted(f"postgresql: {name.replace('_', ' ')}", bool(found))
    assert found
