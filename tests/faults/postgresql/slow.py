"""Two slow transactions and a phone that pulls all the while: is every record pulled?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from server.db import db
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields

FIRST, SECOND = "slow-1", "slow-2"
HELD_S = 0.4  # how long the second has to overtake, if anything lets it


class Slow(threading.Thread):
    """One push in a thread of its own; ``status`` is what it was answered."""

    def __init__(self, name: str, phone: Phone, record: str, world: World) -> None:
        super().__init__(name=name)
        self.phone = phone
        self.edit = phone.edit(record, inspection_fields(world))
        self.status = 0

    def run(self) -> None:
        self.status = self.phone.sync(self.edit).status_code


@contextmanager
def held_commit(app: Flask, name: str) -> Iterator[tuple[threading.Event, threading.Event]]:
    """A thread of that name stops when it is about to commit what it wrote, until it is let go."""
    reached, let_go = threading.Event(), threading.Event()

    def hold(_connection: Any) -> None:
        if threading.current_thread().name == name and not reached.is_set():
            reached.set()
            let_go.wait(10)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "commit", hold)
    try:
        yield reached, let_go
    finally:
        let_go.set()
        event.remove(engine, "commit", hold)


def find_skipped(app: Flask, world: World, name: str) -> list[str]:
    """What went wrong, in words: a push that was not taken, a record that was never pulled."""
    reader, *phones = (world.enrol(name) for _ in range(3))
    records = [new_record(), new_record()]
    pushes = [
        Slow(thread, phone, record, world)
        for thread, phone, record in zip((FIRST, SECOND), phones, records, strict=True)
    ]
    pulled = pull(reader)
    with held_commit(app, FIRST) as (reached, let_go):
        pushes[0].start()
        assert reached.wait(10), "the first push wrote nothing"
        pushes[1].start()
        pushes[1].join(HELD_S)
        pulled |= pull(reader)
        let_go.set()
        for push in pushes:
            push.join(20)
    pulled |= pull(reader)
    refused = [f"{push.name}: answered {push.status}" for push in pushes if push.status != 200]
    return refused + [f"{one}: never pulled" for one in records if one not in pulled]


def pull(phone: Phone) -> set[str]:
    """All there is after this phone's cursor."""
    found: set[str] = set()
    more = True
    while more:
        reply = phone.sync().json
        found |= {record["record"] for record in reply["records"]}
        phone.cursor, more = reply["cursor"], reply["more"]
    return found
