"""Which database a test runs on: SQLite in its data folder, or an emptied PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import sql
from setup_postgresql import MISSING, find_postgresql

from server import create_app
from server.config import read_settings
from server.db import db
from server.migrations import upgrade
from tests.support.postgresql import Cluster, raised_cluster

# Modules whose tests all run on both in `make test`: what depends on how the database keeps,
# locks, orders or compares. MINGCHA_TEST_ALL_ON_BOTH=1 runs every one of these folders on both.
ON_BOTH = (
    "tests.server.accounts.",
    "tests.server.inspections.",
    "tests.server.office.test_list.",
    "tests.server.office.test_match.",
    "tests.server.office.test_quarantine.",
    "tests.server.office.test_refusals.",
    "tests.server.office.test_review.",
    "tests.server.office.test_tasks.",
    "tests.server.photos.test_recovery.",
    "tests.server.photos.test_resume.",
    "tests.server.photos.test_strangers.",
    "tests.server.vehicles.",
)
ALL_ON_BOTH = (
    "tests.server.accounts.",
    "tests.server.evidence.",
    "tests.server.inspections.",
    "tests.server.office.",
    "tests.server.photos.",
    "tests.server.vehicles.",
)
# Tests of SQLite's own failures: PostgreSQL has its own in tests/server/postgresql.
ON_SQLITE = ("test_a_database_that_is_away_is_said_on_a_page",)
SHARED = "shared"


def is_for_both(test: pytest.Item) -> bool:
    """True when a test runs on SQLite and once more on PostgreSQL."""
    module = test.nodeid.partition("::")[0].replace("/", ".")
    chosen = ALL_ON_BOTH if os.environ.get("MINGCHA_TEST_ALL_ON_BOTH") else ON_BOTH
    return module.startswith(chosen) and test.name not in ON_SQLITE


def pick_database(request: pytest.FixtureRequest) -> str:
    """The address for settings: nothing for SQLite."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return ""
    url: str = request.getfixturevalue("postgresql")
    return url


def require_postgresql() -> Path:
    """The folder of its programs; without one the test that asks is skipped, in words."""
    binaries = find_postgresql()
    if binaries is None:
        pytest.skip(MISSING)
    return binaries


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[Cluster]:
    """A PostgreSQL for all tests of a run; without one on the machine they are skipped."""
    with raised_cluster(require_postgresql()) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def migrated_postgresql(
    postgresql_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Cluster:
    """The cluster with one database that the migrations have filled with tables."""
    postgresql_cluster.make_database(SHARED)
    migrate(postgresql_cluster.url(SHARED), tmp_path_factory.mktemp("migrating"))
    return postgresql_cluster


@pytest.fixture
def postgresql(migrated_postgresql: Cluster) -> str:
    """The address of that database, with nothing in it."""
    empty(migrated_postgresql, SHARED)
    return migrated_postgresql.url(SHARED)


def migrate(url: str, folder: Path) -> None:
    """Make this release's tables there, as `mingcha migrate` does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MINGCHA_DATA", str(folder))
        patch.setenv("MINGCHA_DATABASE_URL", url)
        app = create_app(read_settings())
    with app.app_context():
        upgrade()
        db.session.close()
        db.engine.dispose()


def empty(cluster: Cluster, database: str) -> None:
    """Delete all rows, past the triggers: quicker by far than a new database for every test."""
    with cluster.connect(database) as connection, connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for table in db.metadata.tables:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
