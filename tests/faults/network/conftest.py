"""Fixtures of the network area: one server for all of it, a company for each test, proxies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from zlib import crc32

import pytest
from flask import Flask

from server import create_app
from server.clock import system_now_ms
from server.config import read_settings
from server.db import db
from tests.faults.network.check import check_run
from tests.faults.network.proxy import CALM, FaultProxy, Plan
from tests.faults.network.serving import Server
from tests.faults.network.town import Town, found_town

Proxying = Callable[[Plan], FaultProxy]
Check = Callable[[], list[str]]


def make_database(data: Path) -> Flask:
    """The same product in this process, with its tables made, to found companies with."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MINGCHA_DATA", str(data))
        app = create_app(read_settings(), system_now_ms)
    with app.app_context():
        db.create_all()
    return app


def close_database(app: Flask) -> None:
    with app.app_context():
        db.session.close()
        db.engine.dispose()


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("network")


@pytest.fixture(scope="session")
def database(data: Path) -> Iterator[Flask]:
    app = make_database(data)
    yield app
    close_database(app)


@pytest.fixture(scope="session")
def server(data: Path, database: Flask) -> Iterator[Server]:
    """The product over one database. A test that kills it starts it again."""
    server = Server(data)
    server.start()
    yield server
    server.kill_tree()  # nothing is left to lose


@pytest.fixture
def town(database: Flask, request: pytest.FixtureRequest) -> Town:
    """A company of this test's own; its seed is its name."""
    name = request.node.name
    return found_town(database, name, crc32(name.encode()))


@pytest.fixture
def proxying(server: Server) -> Iterator[Proxying]:
    """Makes fault proxies in front of the server; all are closed at the end."""
    with ExitStack() as open_proxies:
        yield lambda plan=lambda: CALM: open_proxies.enter_context(
            FaultProxy(lambda: server.port, plan)
        )


@pytest.fixture
def check(server: Server, town: Town) -> Check:
    """The checker over this test's history: what it finds wrong, each with its invariant."""
    return lambda: check_run(server.data, town.company, town.history)
