"""Many writers of one process: they take turns, and one that fails keeps nobody out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from server.db import begin_write

WRITERS = 24
ROUNDS = 10
LONGEST_S = 5.0


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{tmp_path / 'turns.sqlite3'}", pool_size=WRITERS)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counter (number INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))
    return engine


def count_up(session: Session) -> None:
    number = session.execute(text("SELECT number FROM counter")).scalar_one()
    session.execute(text("UPDATE counter SET number = :number"), {"number": number + 1})


def write_once(engine: Engine, act: Callable[[Session], None] = count_up) -> float:
    """One write; how long it took."""
    began = time.monotonic()
    with Session(engine) as session:
        begin_write(session)
        act(session)
        session.commit()
    return time.monotonic() - began


def test_many_writers_take_turns_and_none_starves(engine: Engine) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        took = list(pool.map(lambda _: write_once(engine), range(WRITERS * ROUNDS)))
    with Session(engine) as session:
        counted = session.execute(text("SELECT number FROM counter")).scalar_one()
    engine.dispose()
    assert counted == WRITERS * ROUNDS
    assert max(took) < LONGEST_S


def test_a_writer_that_fails_lets_the_next_one_in(engine: Engine) -> None:
    def fail(session: Session) -> None:
        session.execute(text("INSERT INTO nowhere VALUES (1)"))

    with pytest.raises(OperationalError):
        write_once(engine, fail)
    assert write_once(engine) < 1
    engine.dispose()


def test_a_writer_that_goes_away_without_a_word_lets_the_next_one_in(engine: Engine) -> None:
    with Session(engine) as session:
        begin_write(session)
        count_up(session)
    assert write_once(engine) < 1
    engine.dispose()


def test_two_writers_at_once_are_served_one_behind_the_other(engine: Engine) -> None:
    order: list[str] = []
    entered = threading.Event()

    def slow(session: Session) -> None:
        entered.set()
        time.sleep(0.2)
        count_up(session)
        order.append("first")

    first = threading.Thread(target=write_once, args=(engine, slow))
    first.start()
    assert entered.wait(5)
    write_once(engine, lambda _: order.append("second"))
    first.join()
    engine.dispose()
    assert order == ["first", "second"]


def test_a_writer_whose_connection_broke_lets_the_next_one_in(engine: Engine) -> None:
    with Session(engine) as session:
        begin_write(session)
        session.connection().invalidate()
        session.rollback()
    assert write_once(engine) < LONGEST_S
