"""strace on a running server: every call that changes the disk, counted, failed or killed at."""

from __future__ import annotations

import re
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.disk.machine import Server

# Each of them changes what is on the disk, or what is sure to stay there.
CALLS = (
    *("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "fallocate"),
    *("rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "link"),
)
PATIENCE_S = 20
_CALL = re.compile(r"^(?:\d+ +)?(\w+)\(")


@dataclass(frozen=True)
class Point:
    """The n-th time that a call is made, and what happens then."""

    call: str
    number: int
    fault: str  # KILL, ENOSPC or EIO

    @property
    def injection(self) -> str:
        what = "signal=KILL" if self.fault == "KILL" else f"error={self.fault}"
        return f"inject={self.call}:{what}:when={self.number}"


@contextmanager
def traced(server: Server, *options: str) -> Iterator[None]:
    """strace attached to a server while the block runs."""
    command = ["strace", "-p", str(server.pid), *options]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert tracer.stderr
    first = tracer.stderr.readline()
    assert "attached" in first, f"strace cannot attach: {first}"
    try:
        yield
    finally:
        deadline = time.monotonic() + 0.2
        while tracer.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        if tracer.poll() is None:
            tracer.terminate()
        tracer.communicate(timeout=PATIENCE_S)


@contextmanager
def failing_at(server: Server, point: Point, log: Path) -> Iterator[None]:
    """The server with this one call of its failing, or its last."""
    with traced(server, "-o", str(log), "-e", f"trace={point.call}", "-e", point.injection):
        yield


def list_points(log: Path, faults: tuple[str, ...]) -> list[Point]:
    """Every call of a traced run, as the place of each fault."""
    calls = Counter(
        found[1]
        for line in log.read_text(errors="replace").splitlines()
        if (found := _CALL.match(line)) and found[1] in CALLS
    )
    return [
        Point(call, number, fault)
        for fault in faults
        for call, times in sorted(calls.items())
        for number in range(1, times + 1)
    ]
