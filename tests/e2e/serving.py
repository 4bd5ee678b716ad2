"""A real server for browser tests: gunicorn on a free port over a data folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from server import create_app
from server.accounts import store as accounts
from server.clock import system_now_ms
from server.config import read_settings
from server.db import begin_write, db
from server.migrations import upgrade
from tests.support.clock import HandClock
from tests.support.world import World, make_world

START_SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Server:
    """The product's web process and its job worker; both can be stopped and started again."""

    data: Path
    port: int = field(default_factory=free_port)
    world: World | None = None
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fill(self) -> World:
        """Make the database with the tests' small company in it."""
        os.environ["MINGCHA_DATA"] = str(self.data)
        app = create_app(read_settings(), system_now_ms)
        with app.app_context():
            upgrade()
        self.world = make_world(app, HandClock(system_now_ms()), "清源县乡村公交有限公司", "川B")
        return self.world

    def enrol_code(self, name: str) -> str:
        """A one-time code for a user's phone."""
        assert self.world
        with self.world.app.app_context():
            begin_write(db.session)
            user = accounts.read_user_by_name(db.session, self.world.company, name)
            assert user
            code = accounts.save_enrolment(db.session, user, system_now_ms(), 24)
            db.session.commit()
        return code

    def start(self) -> None:
        """Serve until stop; returns when the server answers."""
        environ = {**os.environ, "MINGCHA_DATA": str(self.data), "PORT": str(self.port)}
        web = ["gunicorn", "--worker-class", "gthread", "--workers", "1", "--threads", "16"]
        bind = ["--bind", f"127.0.0.1:{self.port}", "server:create_app()"]
        worker = ["-c", "from server.cli import main; main()", "worker"]
        with (self.data / "server.log").open("ab") as log:
            for command in ([sys.executable, "-m", *web, *bind], [sys.executable, *worker]):
                self._processes.append(
                    subprocess.Popen(
                        command, env=environ, stdout=log, stderr=log, start_new_session=True
                    )
                )
        self._wait()

    def _wait(self) -> None:
        for _ in range(START_SECONDS * 10):
            try:
                with urllib.request.urlopen(f"{self.url}/api/v1/healthz", timeout=2) as reply:
                    if reply.status == 200:
                        return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise AssertionError((self.data / "server.log").read_text(errors="replace")[-4000:])

    def stop(self) -> None:
        """End what start began, as an operator would; what died before is said."""
        died = [process.args for process in self._processes if process.poll() is not None]
        log = (self.data / "server.log").read_text(errors="replace")
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            process.wait(timeout=30)
        self._processes.clear()
        assert not died, (died, log[-4000:])
