"""What each connection to PostgreSQL is told, and which servers are refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from server import create_app
from server.config import BadSetting, Settings, read_settings
from server.db import be_patient, db, read_url
from tests.support.databases import SHARED
from tests.support.postgresql import Cluster


@pytest.fixture
def database(postgresql: str) -> str:
    return postgresql


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app
        db.session.rollback()


def show(name: str) -> str:
    return db.session.scalar(text(f"SHOW {name}")) or ""


@contextmanager
def role_set_to(cluster: Cluster, name: str, value: str) -> Iterator[None]:
    """What an administrator has set for our role, until the block ends."""
    with cluster.connect() as connection:
        connection.execute(f"ALTER ROLE keeper SET {name} = {value}")  # type: ignore[call-overload]
        try:
            yield
        finally:
            connection.execute(f"ALTER ROLE keeper RESET {name}")  # type: ignore[call-overload]


def test_a_commit_waits_for_the_disk_whatever_the_server_is_set_to(
    inside: Flask, postgresql_cluster: Cluster
) -> None:
    with postgresql_cluster.connect() as connection:
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("off",)
    assert show("synchronous_commit") == "on"


def test_a_commit_that_waits_for_a_replica_too_stays_so(
    inside: Flask, postgresql_cluster: Cluster
) -> None:
    with role_set_to(postgresql_cluster, "synchronous_commit", "remote_apply"):
        assert show("synchronous_commit") == "remote_apply"


def test_every_wait_has_an_end(inside: Flask) -> None:
    assert show("statement_timeout") == "15s"
    assert show("lock_timeout") == "10s"
    assert show("idle_in_transaction_session_timeout") == "1min"


def test_each_statement_sees_what_was_committed_before_it(
    inside: Flask, postgresql_cluster: Cluster
) -> None:
    with role_set_to(postgresql_cluster, "default_transaction_isolation", "serializable"):
        assert show("transaction_isolation") == "read committed"


def test_a_patient_transaction_has_no_end_and_the_next_one_has(inside: Flask) -> None:
    connection = db.session.connection()
    be_patient(connection)
    assert show("statement_timeout") == "0"
    driver: Any = connection.connection.dbapi_connection
    assert driver.wait_seconds is None
    db.session.commit()
    assert show("statement_timeout") == "15s"
    driver = db.session.connection().connection.dbapi_connection
    assert driver.wait_seconds == 16


def test_a_server_that_does_not_sync_is_refused(app: Flask, postgresql_cluster: Cluster) -> None:
    with postgresql_cluster.connect() as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
        try:
            with app.app_context(), pytest.raises(OperationalError, match="fsync must be on"):
                wait_for_refusal()
        finally:
            connection.execute("ALTER SYSTEM RESET fsync")
            connection.execute("SELECT pg_reload_conf()")


def wait_for_refusal() -> None:
    """Ask until the server has read its configuration again."""
    for _ in range(200):
        show("fsync")
        db.session.rollback()
        db.engine.dispose()


def test_a_database_that_cannot_hold_every_name_is_refused(
    app: Flask, settings: Settings, postgresql_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgresql_cluster.connect() as connection:
        connection.execute("DROP DATABASE IF EXISTS latin")
        connection.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    monkeypatch.setenv("MINGCHA_DATABASE_URL", postgresql_cluster.url("latin"))
    other = create_app(read_settings())
    with other.app_context():
        with pytest.raises(OperationalError, match="must be UTF8"):
            show("server_encoding")
        db.engine.dispose()


def test_the_plain_address_takes_the_driver_that_is_known(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGCHA_DATABASE_URL", "postgresql://role@host/name")
    assert read_url(read_settings()).drivername == "postgresql+psycopg"


@pytest.mark.parametrize("seconds", ["0", "-1", "soon"])
def test_a_wait_without_end_cannot_be_set(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, seconds: str
) -> None:
    monkeypatch.setenv("MINGCHA_DATABASE_LOCK_SECONDS", seconds)
    with pytest.raises(BadSetting, match="MINGCHA_DATABASE_LOCK_SECONDS"):
        read_settings()


def test_a_server_that_was_started_again_is_reached_again(
    inside: Flask, postgresql_cluster: Cluster
) -> None:
    assert show("fsync") == "on"
    db.session.rollback()
    with postgresql_cluster.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = %s AND pid <> pg_backend_pid()",
            [SHARED],
        )
    assert show("fsync") == "on"
