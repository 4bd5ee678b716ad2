"""A machine whose server can be killed, restarted and put back to an earlier state of its disk."""

from __future__ import annotations

import json
import os
import select
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from flask.testing import FlaskClient
from werkzeug.test import Client

from tests.faults.disk.served import LENGTH, receive, send

ROOT = Path(__file__).parents[3]
PATIENCE_S = 60


class ServerGone(Exception):
    """The server ended before it answered: what it did is uncertain."""


@dataclass
class Server:
    """A running server of this machine's."""

    pid: int
    line: socket.socket
    pid_handle: int
    before_asking: Callable[[], object] = int

    def ask(self, message: Any) -> Any:
        self.before_asking()
        try:
            send(self.line, message)
        except ConnectionError as error:
            raise ServerGone from error
        answer = receive(self.line)
        if answer is None:
            raise ServerGone
        return answer

    def end(self) -> None:
        """Let it end in peace, and wait until it has."""
        self.wait()

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, 9)
        self.wait()

    def wait(self) -> None:
        """Until it has ended, as it does once nobody can ask it any more."""
        self.line.close()
        ready, _, _ = select.select([self.pid_handle], [], [], PATIENCE_S)
        assert ready, "the server does not end"
        os.close(self.pid_handle)

    def client(self) -> FlaskClient:
        """Speaks to this server as to any app."""
        return cast(FlaskClient, Client(self._forward))

    def _forward(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        headers = [
            (name.removeprefix("HTTP_").replace("_", "-"), value)
            for name, value in environ.items()
            if name.startswith("HTTP_") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")
        ]
        query = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        status, replied, body = self.ask(
            {
                "method": environ["REQUEST_METHOD"],
                "path": environ["PATH_INFO"] + query,
                "headers": headers,
                "body": environ["wsgi.input"].read(length),
            }
        )
        start(status, replied)
        return [body]


@dataclass
class Machine:
    """The warm process, and the data folder with copies of its earlier states."""

    folder: Path
    control: socket.socket
    process: subprocess.Popen[bytes]

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self, patch: str = "", output: str = "") -> Server:
        """Fork a server over the data folder as it is.

        ``patch`` plants a bug in it; ``output`` is a file that its log lines go to.
        """
        ours, theirs = socket.socketpair()
        order = json.dumps({"patch": patch, "output": output}).encode()
        socket.send_fds(self.control, [order], [theirs.fileno()])
        theirs.close()
        (pid,) = LENGTH.unpack(self.control.recv(LENGTH.size))
        return Server(pid, ours, os.pidfd_open(pid))

    def keep_state(self, name: str) -> None:
        """Copy the data folder, to come back to it."""
        shutil.copytree(self.data, self.folder / name)

    def restore_state(self, name: str) -> None:
        """The data folder as it was then."""
        shutil.rmtree(self.data)
        shutil.copytree(self.folder / name, self.data)


@contextmanager
def machine_in(folder: Path, disk_bytes: int = 0) -> Iterator[Machine]:
    """A machine with an empty data folder, on a small disk of its own if that is asked for."""
    ours, theirs = socket.socketpair()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MINGCHA_")}
    environment = {**kept, "MINGCHA_DATA": str(folder / "data"), "PYTHONWARNINGS": "ignore"}
    program = [sys.executable, "-m", "tests.faults.disk.served", str(theirs.fileno())]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [*(small_disk(folder, disk_bytes) if disk_bytes else ()), *program],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            pass_fds=[theirs.fileno()],
        )
    theirs.close()
    # What is mounted there is there for that process only, and seen from here through it.
    seen = Path(f"/proc/{process.pid}/root{folder}") if disk_bytes else folder
    try:
        yield Machine(seen, ours, process)
    finally:
        ours.close()
        process.wait(PATIENCE_S)


def small_disk(folder: Path, size_bytes: int) -> list[str]:
    """A command before a command: it sees a file system of that size over the folder."""
    mount = 'mount -t tmpfs -o size="$0" small "$1" && shift && exec "$@"'
    return ["unshare", "-rm", "sh", "-c", mount, str(size_bytes), str(folder)]


def may_mount() -> bool:
    """Whether this machine lets us have a small file system of our own."""
    tried = subprocess.run(
        ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/tmp"],
        capture_output=True,
        check=False,
    )
    return tried.returncode == 0
