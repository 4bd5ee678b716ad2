"""The product's server as it is installed (gunicorn, gthread, two workers), to be killed."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
START_S = 60.0
PRODUCT = "server:create_app()"


@dataclass
class Server:
    """One data folder; the process tree over it may be killed and started again.

    Each start listens on a fresh port, so that no other program can have taken it meanwhile; the
    fault proxy asks for ``port`` at each connection.
    """

    data: Path
    app: str = PRODUCT
    settings: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    threads: int = 32
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.data / "mingcha.sqlite3"

    def start(self) -> float:
        """Serve; returns the seconds until the server answered."""
        began = time.monotonic()
        self.port = _free_port()
        environ = {**os.environ, "MINGCHA_DATA": str(self.data), **self.settings}
        size = ["--worker-class", "gthread", "--workers", "2", "--threads", str(self.threads)]
        command = ["gunicorn", "--no-control-socket", "--preload", "--log-level", "warning", *size]
        bind = ["--bind", f"127.0.0.1:{self.port}", self.app]
        with (self.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command, *self.options, *bind],
                cwd=ROOT,
                env=environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait(began)
        return time.monotonic() - began

    def workers(self) -> list[int]:
        """The process ids of the workers that live now."""
        assert self.process
        pid = self.process.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill_worker(self, chance: random.Random) -> None:
        """SIGKILL for one worker, in the middle of whatever it does; gunicorn makes another."""
        deadline = time.monotonic() + START_S
        while not (workers := self.workers()):
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.01)
        os.kill(chance.choice(workers), signal.SIGKILL)

    def kill_workers(self) -> None:
        """SIGKILL for every worker at once; returns when others have taken their place."""
        before = self.workers()
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        self.wait_for_new_workers(before)

    def freeze_workers(self, after_s: float) -> None:
        """Stop every worker a moment from now, as if each hung: gunicorn's watchdog ends them."""
        hung = threading.Timer(
            after_s, lambda: [os.kill(p, signal.SIGSTOP) for p in self.workers()]
        )
        hung.start()

    def wait_for_new_workers(self, before: list[int]) -> None:
        """Until none of these lives any more and others do."""
        deadline = time.monotonic() + START_S
        while not (now := self.workers()) or set(now) & set(before):
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)

    def kill_tree(self) -> None:
        """SIGKILL for all of it at once."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)
        self.process = None

    def stop(self) -> None:
        """End it as an operator would."""
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)
            self.process = None

    def log(self) -> str:
        return (self.data / "server.log").read_text(errors="replace")[-6000:]

    def _wait(self, began: float) -> None:
        while time.monotonic() - began < START_S:
            try:
                with urllib.request.urlopen(f"{self.url}/api/v1/healthz", timeout=2) as reply:
                    if reply.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise AssertionError(self.log())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
