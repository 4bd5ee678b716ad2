"""A PostgreSQL of the tests' own: a cluster in a temporary folder, reached through its socket."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

OWNER = "keeper"  # the cluster's superuser; owns what the migrations make
START_SECONDS = 30.0
# Small, and as safe as by default: fsync and full_page_writes stay on.
CONFIGURATION = """
listen_addresses = ''
unix_socket_directories = '{folder}'
max_connections = 120
shared_buffers = '32MB'
fsync = on
synchronous_commit = off  # the product must ask for more by itself
wal_writer_delay = '10s'  # so that what nobody waited for is lost for certain
log_min_messages = fatal
log_min_error_statement = fatal
"""


@dataclass
class Cluster:
    """PostgreSQL in a folder. As root everything runs as another user: it refuses root."""

    binaries: Path
    folder: Path
    process: subprocess.Popen[Any] | None = None

    def url(self, database: str, role: str = OWNER) -> str:
        return f"postgresql+psycopg://{role}@/{database}?host={self.folder}"

    def connect(self, database: str = "postgres", role: str = OWNER) -> psycopg.Connection[Any]:
        """A connection of the test's own, where every statement is its own transaction."""
        return psycopg.connect(host=str(self.folder), user=role, dbname=database, autocommit=True)

    def make_database(self, name: str, template: str = "template1") -> None:
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with self.connect() as connection:
            connection.execute(made.format(sql.Identifier(name), sql.Identifier(template)))

    def start(self) -> None:
        """Start and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [str(self.binaries / "postgres"), "-D", str(self.folder / "data")],
                stdout=log,
                stderr=log,
                **_as_other_user(),
            )
        self.process = process
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            assert process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < end, "PostgreSQL does not answer"
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End it: SIGINT in good order, SIGQUIT at once, as `pg_ctl stop -m immediate` does."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(START_SECONDS)
            self.process = None

    def processes(self) -> list[int]:
        """The server's process and those of its connections, the server's first."""
        assert self.process is not None
        parent = self.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [parent, *map(int, children)]

    @contextmanager
    def hung(self) -> Iterator[None]:
        """Nothing of it runs inside the block; it neither answers nor closes a connection."""
        stopped = self.processes()
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def raised_cluster(binaries: Path) -> Iterator[Cluster]:
    """A new cluster that runs; ended and removed whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="mingcha-pg-"))
    cluster = Cluster(binaries, folder)
    try:
        _make(cluster)
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder)


def _make(cluster: Cluster) -> None:
    data = cluster.folder / "data"
    other = _as_other_user()
    if other:
        shutil.chown(cluster.folder, other["user"], other["group"])
    # A database that sorts as people do, as a company's own may: the product must not mind.
    order = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh-CN"]
    command = [str(cluster.binaries / "initdb"), "-D", str(data), "--no-sync", "--encoding=UTF8"]
    who = ["--auth=trust", f"--username={OWNER}"]
    for locale in (order, order[:1]):  # before PostgreSQL 15 there is no such order
        ended = subprocess.run(
            [*command, *who, *locale], check=False, capture_output=True, text=True, **other
        )
        if ended.returncode == 0:
            break
    assert ended.returncode == 0, ended.stderr
    with (data / "postgresql.conf").open("a") as file:
        file.write(CONFIGURATION.format(folder=cluster.folder))


def _as_other_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise AssertionError("PostgreSQL does not run as root, and there is no other user")
