"""The application's role may add to the evidence and not change it, and needs nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask

from server import create_app
from server.append_only import is_append_only
from server.config import read_settings
from server.db import db
from tests.server.cli.terminal import Terminal
from tests.server.office.staff import sit_down
from tests.support.clock import HandClock
from tests.support.databases import migrate
from tests.support.drawing import draw_jpeg, sha256_of
from tests.support.phone import Phone, new_record
from tests.support.postgresql import Cluster
from tests.support.tus import tus_of
from tests.support.world import inspection_fields, make_world

DATABASE, ROLE = "separate", "application"
KEPT = [table.name for table in db.metadata.sorted_tables if is_append_only(table)]


@pytest.fixture
def separate(postgresql_cluster: Cluster, tmp_path: Path) -> Cluster:
    """A database with tables of its owner's, and another role that may enter it."""
    with postgresql_cluster.connect() as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        connection.execute(f"DROP ROLE IF EXISTS {ROLE}")
        connection.execute(f"CREATE ROLE {ROLE} LOGIN")
    postgresql_cluster.make_database(DATABASE)
    migrate(postgresql_cluster.url(DATABASE), tmp_path / "migrating")
    return postgresql_cluster


@pytest.fixture
def terminal(
    separate: Cluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Terminal:
    """The command line of the tables' owner."""
    monkeypatch.setenv("MINGCHA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("MINGCHA_DATABASE_URL", separate.url(DATABASE))
    return Terminal(capsys)


@pytest.fixture
def granted(terminal: Terminal, separate: Cluster) -> Cluster:
    done = terminal.run("grants", ROLE, "--apply")
    assert done.code == 0, done.err
    return separate


@pytest.fixture
def app(granted: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The product as the application's role."""
    monkeypatch.setenv("MINGCHA_DATABASE_URL", granted.url(DATABASE, ROLE))
    app = create_app(read_settings(), HandClock())
    app.config["TESTING"] = True
    yield app
    with app.app_context():
        db.session.close()
        db.engine.dispose()


def refusal(cluster: Cluster, role: str, statement: str) -> type[psycopg.Error] | None:
    """What the database answers to that role."""
    with cluster.connect(DATABASE, role) as connection:
        try:
            connection.execute(statement)  # type: ignore[call-overload]
        except psycopg.Error as error:
            return type(error)
    return None


def day_of_work(app: Flask) -> tuple[Phone, str]:
    """A check with a photo, pushed by a phone and confirmed by the office."""
    world = make_world(app, HandClock(), "清源县乡村公交有限公司", "川B")
    world.add_user("inspector", "inspector_fulltime")
    phone = world.enrol("inspector")
    photo, record = draw_jpeg(), new_record()
    answer = {"value": "fail", "photos": [sha256_of(photo)]}
    fields = inspection_fields(world, **{"answers/P5-02": answer})
    receipts = phone.push(phone.edit(record, fields), {"stamp": "no edit"})
    assert [receipt["state"] for receipt in receipts] == ["accepted", "refused"]
    tus_of(phone).send(photo)
    reviewer = sit_down(world, "reviewer", "quality_head")
    assert reviewer.review(record, "confirm").status_code == 303
    return phone, record


def test_all_work_is_done_as_the_applications_role(app: Flask) -> None:
    phone, record = day_of_work(app)
    pulled: Any = phone.sync().json["records"]
    kept = next(one for one in pulled if one["record"] == record)
    assert kept["fields"]["review"]["value"]["state"] == "confirmed"
    assert phone.get("/api/v1/sync/proof").json["photos"] == 1


def test_the_applications_role_can_verify_it_all(
    app: Flask, terminal: Terminal, granted: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    day_of_work(app)
    monkeypatch.setenv("MINGCHA_DATABASE_URL", granted.url(DATABASE, ROLE))
    done = terminal.run("verify")
    assert done.code == 0, (done.out, done.err)


def test_the_evidence_is_changed_by_neither_role(app: Flask, granted: Cluster) -> None:
    day_of_work(app)
    denied = psycopg.errors.InsufficientPrivilege
    for table in KEPT:
        statements = (
            f'UPDATE "{table}" SET company = company',
            f'DELETE FROM "{table}"',
            f'TRUNCATE "{table}" CASCADE',
            f'ALTER TABLE "{table}" DISABLE TRIGGER ALL',
        )
        assert [refusal(granted, ROLE, one) for one in statements] == [denied] * 4, table
        # The owner meets the triggers, and has to take them away first.
        assert refusal(granted, "keeper", statements[2]) is psycopg.errors.RaiseException, table
    assert len(KEPT) == 5


def test_without_apply_the_rights_are_only_shown(terminal: Terminal, separate: Cluster) -> None:
    done = terminal.run("grants", ROLE)
    assert 'GRANT SELECT, INSERT ON TABLE "evidence" TO application;' in done.out.splitlines()
    refused = refusal(separate, ROLE, "SELECT FROM company")
    assert refused is psycopg.errors.InsufficientPrivilege


def test_rights_given_before_are_taken_away(granted: Cluster, terminal: Terminal) -> None:
    with granted.connect(DATABASE) as connection:
        connection.execute(f"GRANT ALL ON TABLE edit TO {ROLE}")
    assert terminal.run("grants", ROLE, "--apply").code == 0
    refused = refusal(granted, ROLE, "DELETE FROM edit")
    assert refused is psycopg.errors.InsufficientPrivilege


@pytest.mark.parametrize("role", ["application; DROP TABLE edit", 'a"b', "", "Ä"])
def test_what_is_no_plain_name_is_no_role(terminal: Terminal, role: str) -> None:
    assert terminal.run("grants", role).code == 1


def test_a_role_that_is_not_there_gets_nothing(terminal: Terminal) -> None:
    done = terminal.run("grants", "nobody_here", "--apply")
    assert (done.code, done.out) == (1, "")
    assert "nobody_here" in done.err


def test_the_application_cannot_migrate_and_says_who_can(
    granted: Cluster, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    with granted.connect(DATABASE) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    monkeypatch.setenv("MINGCHA_DATABASE_URL", granted.url(DATABASE, ROLE))
    done = terminal.run("migrate")
    assert done.code == 1
    assert "tables' owner" in done.err
