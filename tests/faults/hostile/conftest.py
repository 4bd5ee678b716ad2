"""The product as an installation runs it, for what only a real socket or real processes show."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from server import create_app
from server.clock import system_now_ms
from server.config import read_settings
from server.db import db
from server.migrations import upgrade
from tests.support.clock import HandClock
from tests.support.phone import Phone
from tests.support.world import World, make_world

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 60
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")


@dataclass
class Live:
    """`mingcha serve` on a free port, its log, and the company behind it."""

    world: World
    inspector: Phone
    port: int
    log: Path

    def send_raw(self, octets: bytes, patience_s: float = 5) -> list[int]:
        """These bytes on a line of their own; every status that came back on it."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=patience_s) as line:
            try:
                line.sendall(octets)
                line.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # it answered and closed before all was sent; the answer may still be read
            return [int(found) for found in STATUS.findall(_read_all(line))]


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("live")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {**os.environ, "MINGCHA_DATA": str(folder / "data"), "PORT": str(port)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MINGCHA_DATA", environment["MINGCHA_DATA"])
        app = create_app(read_settings())
    with app.app_context():
        upgrade()
    world = make_world(app, HandClock(system_now_ms()), "清源县乡村公交有限公司", "川B")
    world.add_user("inspector", "inspector_fulltime")
    inspector = world.enrol("inspector")
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "server.cli", "serve"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    live = Live(world, inspector, port, folder / "log")
    try:
        _wait(live, process)
        yield live
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)
        with app.app_context():
            db.session.close()
            db.engine.dispose()


def _wait(live: Live, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if live.send_raw(b"GET /api/v1/healthz HTTP/1.1\r\nHost: x\r\n\r\n") == [200]:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(live.log.read_text(encoding="utf-8", errors="replace")[-4000:])


def _read_all(line: socket.socket) -> bytes:
    read = b""
    try:
        while piece := line.recv(65_536):
            read += piece
    except OSError:
        pass  # the line was reset; what came before is what was answered
    return read
