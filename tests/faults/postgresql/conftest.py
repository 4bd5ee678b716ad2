"""Fixtures of the PostgreSQL area: a cluster to be killed, and the product over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import pytest
from flask import Flask

from server import create_app
from server.clock import system_now_ms
from server.config import read_settings
from server.db import db
from tests.faults.network.serving import Server
from tests.faults.network.town import Town, found_town
from tests.faults.postgresql.stored import check_run
from tests.support.databases import migrate, require_postgresql
from tests.support.postgresql import Cluster, raised_cluster

DATABASE = "town"
# Short, so that a test sees the end of each wait; together the longest that a request may take.
LIMITS = {"CONNECT": "1.0", "STATEMENT": "1.2", "LOCK": "1.0", "IDLE": "1.0"}
LONGEST_S = 5.0
Check = Callable[[], list[str]]


@dataclass
class Bench:
    """A cluster of this area's own, with one database that the product works on."""

    cluster: Cluster
    data: Path

    @property
    def settings(self) -> dict[str, str]:
        limits = {f"MINGCHA_DATABASE_{name}_SECONDS": value for name, value in LIMITS.items()}
        return {"MINGCHA_DATABASE_URL": self.cluster.url(DATABASE), **limits}

    def open_app(self) -> Flask:
        """The product in this process."""
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("MINGCHA_DATA", str(self.data))
            for name, value in self.settings.items():
                environment.setenv(name, value)
            app = create_app(read_settings(), system_now_ms)
        app.config["TESTING"] = True
        return app

    def restart(self) -> None:
        """The server ends at once, without a word to anybody, and starts again."""
        self.cluster.stop()
        self.cluster.start()


def close_app(app: Flask) -> None:
    with app.app_context():
        db.session.close()
        db.engine.dispose()


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with raised_cluster(require_postgresql()) as cluster:
        cluster.make_database(DATABASE)
        with cluster.connect() as connection:
            # Found well before a lock is given up, so that it is a deadlock that ends it.
            connection.execute(f"ALTER DATABASE {DATABASE} SET deadlock_timeout = '50ms'")
        migrate(cluster.url(DATABASE), tmp_path_factory.mktemp("migrating"))
        yield Bench(cluster, tmp_path_factory.mktemp("postgresql"))


@pytest.fixture
def app(bench: Bench) -> Iterator[Flask]:
    """The product in this process, over the cluster of this area."""
    app = bench.open_app()
    yield app
    close_app(app)


@pytest.fixture(scope="session")
def server(bench: Bench) -> Iterator[Server]:
    """The product as it is installed, two processes over one database."""
    server = Server(bench.data, settings=bench.settings)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def town(app: Flask, request: pytest.FixtureRequest) -> Town:
    """A company of this test's own; its seed is its name."""
    name = request.node.name
    return found_town(app, name, crc32(name.encode()))


@pytest.fixture
def check(bench: Bench, town: Town) -> Check:
    """The checker over this test's history: what it finds wrong, each with its invariant."""
    return lambda: check_run(bench.cluster, DATABASE, bench.data, town)
