"""A real server on a free loopback port, over the database that the test's company is in."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from server import create_app
from server.config import Settings, read_settings
from server.db import db
from tests.support.clock import HandClock
from tests.support.drawing import draw_noise, sha256_of
from tests.support.phone import Phone
from tests.support.world import World, make_world

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60
NUMBERS = count()


@dataclass
class Server:
    """gunicorn with the worker class of an installation; may be killed and started again."""

    listener: socket.socket
    data_dir: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        return self.listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        handle = self.listener.fileno()
        command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--threads", "4"]
        command += ["--worker-class", "gthread", "--bind", f"fd://{handle}"]
        self.process = subprocess.Popen(
            [*command, "tests.interop.serving:serve()"],
            cwd=ROOT,
            env={**os.environ, "MINGCHA_DATA": str(self.data_dir)},
            pass_fds=[handle],
            start_new_session=True,
        )
        wait_for(f"{self.url}/api/v1/healthz")

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it with all of its workers; SIGKILL gives them no time for anything."""
        if self.process:
            os.killpg(self.process.pid, how)
            self.process.wait(PATIENCE_S)
            self.process = None


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MINGCHA_DATA", str(tmp_path_factory.mktemp("interop")))
        return read_settings()


@pytest.fixture(scope="session")
def world(settings: Settings) -> World:
    """One company for all of these tests: a server takes seconds to start."""
    clock = HandClock()
    app = create_app(settings, clock)
    with app.app_context():
        db.create_all()
    return make_world(app, clock, "清源县乡村公交有限公司", "川B")


@pytest.fixture(scope="session")
def inspector(world: World) -> Phone:
    world.add_user("inspector", "inspector_fulltime")
    return world.enrol("inspector")


@pytest.fixture(scope="session")
def server(settings: Settings, inspector: Phone) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(listener, settings.data_dir)
        server.start()
        yield server
        server.end()


@pytest.fixture
def photo() -> bytes:
    """Another photo for each test, so that none is here already."""
    return draw_noise(300_000) + next(NUMBERS).to_bytes(4, "big")


@pytest.fixture
def read_kept(settings: Settings, world: World) -> Callable[[bytes], bytes | None]:
    """What is kept under the name of these bytes; None when nothing is."""

    def read(content: bytes) -> bytes | None:
        name = sha256_of(content)
        path = settings.photo_dir / world.company / name[:2] / name
        return path.read_bytes() if path.is_file() else None

    return read


def wait_for(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE_S):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
