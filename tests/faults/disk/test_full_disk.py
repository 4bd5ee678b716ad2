"""A full disk, a full log, no memory: nothing is acknowledged then, and all is well afterwards."""

from __future__ import annotations

import fcntl
import os
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.faults.disk.ledger import find_violations
from tests.faults.disk.machine import Machine, Server, ServerGone, machine_in, may_mount
from tests.faults.disk.tracing import traced
from tests.faults.disk.trials import Ground, plain_fields
from tests.faults.disk.workload import PHASES, Day, NeverRecovers, NotAnswered, new_day, work
from tests.faults.tally import Tally
from tests.support.phone import new_record

MIB = 1024 * 1024
DISK_BYTES = 12 * MIB
# What is left to the server once the filler has taken the rest.
ROOMS = (0, 4096, 12_288, 65_536)
TRIES = 3


@pytest.mark.skipif(not may_mount(), reason="no file system may be mounted here")
def test_while_the_disk_is_full_nothing_is_acknowledged_and_then_all_goes_on(
    tmp_path: Path, tally: Tally, scale: int
) -> None:
    refused = 0
    with machine_in(tmp_path, disk_bytes=DISK_BYTES) as machine:
        server = machine.start()
        made = server.ask({"path": "prepare"})
        day = new_day(server.client(), made["codes"], plain_fields(made["world"]))
        work(day, PHASES["enrol"])
        for room in ROOMS[:2] if scale == 1 else ROOMS * (scale // 4 + 1):
            refused += live_through(machine, day, room)
        server.end()
        assert look(machine, day, whole=True) == []
    tally.add(64, refused, 0)
    assert refused


def live_through(machine: Machine, day: Day, room: int) -> int:
    """Work on a disk with so much room, then on one with plenty; how often it was refused."""
    refused = 0
    steps = (Day.write, Day.push, *PHASES["photo"], Day.upload_at_once)
    with filled(machine.folder, room):
        for step in steps:
            for _ in range(TRIES):
                try:
                    step(day)
                    break
                except NotAnswered:
                    refused += 1
        assert look(machine, day, whole=False) == []
    day.done = 0
    work(day, steps[1:])
    return refused


def look(machine: Machine, day: Day, *, whole: bool) -> list[str]:
    """What is broken, by a copy: SQLite would follow the way to the small disk to its end."""
    with TemporaryDirectory() as copy:
        shutil.copytree(machine.data, copy, dirs_exist_ok=True)
        return find_violations(Path(copy), day, whole=whole)


@contextmanager
def filled(folder: Path, room: int) -> Iterator[None]:
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        with suppress(OSError):
            while file.write(bytes(4096)):
                pass
        file.truncate(max(0, file.tell() - room))
    try:
        yield
    finally:
        filler.unlink()


@pytest.mark.parametrize("phase", ["push", "photo"])
def test_calls_that_fail_for_a_while_are_no_reason_to_lose_anything(
    ground: Ground, tally: Tally, scale: int, *, phase: str
) -> None:
    for start in range(1, 1 + 2 * scale):
        day = ground.put_back(phase)
        server = ground.machine.start()
        day.reach(server.client())
        span = (
            f"inject=write,pwrite64,ftruncate,mkdir:error=ENOSPC:when={3 * start}..{3 * start + 9}"
        )
        with traced(server, "-o", os.devnull, "-e", "trace=write,pwrite64", "-e", span):
            patient(day, phase)
            server.end()
        assert find_violations(ground.machine.data, day, whole=True) == []
        tally.add(64, 1, 0)


def patient(day: Day, phase: str) -> None:
    for _ in range(20):
        with suppress(NeverRecovers):
            work(day, PHASES[phase])
            return
    raise NeverRecovers


@pytest.mark.parametrize("kind", ["full disk", "pipe that nobody reads"])
def test_a_log_that_cannot_be_written_holds_no_request_up(
    ground: Ground, tmp_path: Path, tally: Tally, scale: int, *, kind: str
) -> None:
    day = ground.put_back("done")
    with dead_end(kind, tmp_path) as output:
        server = ground.machine.start(output=output)
        day.reach(server.client())
        for _ in range(5 * scale):  # each of them has its line
            day.upload_no_photo()
            day.push()
        server.end()
    broken = find_violations(ground.machine.data, day, whole=True)
    tally.add(85, 5 * scale, len(broken))
    assert broken == []


@contextmanager
def dead_end(kind: str, folder: Path) -> Iterator[str]:
    if kind == "full disk":
        yield "/dev/full"
        return
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    handle = os.open(pipe, os.O_RDWR)
    fcntl.fcntl(handle, fcntl.F_SETPIPE_SZ, 4096)
    os.write(handle, b"x" * 4096)
    yield str(pipe)
    os.close(handle)


def test_a_server_without_memory_loses_that_request_only(
    ground: Ground, tally: Tally, scale: int
) -> None:
    day = ground.put_back("push")
    server = ground.machine.start()
    day.reach(server.client())
    work(day, PHASES["push"])
    large = too_much(day)
    for _ in range(2 * scale):
        resource.prlimit(server.pid, resource.RLIMIT_AS, (used_bytes(server) + 30 * MIB, -1))
        try:
            refused: Any = day.phone.twin().sync(*large)
            assert refused.status_code >= 500
        except ServerGone:  # as gunicorn does with a worker that ends
            server.wait()
            server = ground.machine.start()
            day.reach(server.client())
        day.push()
    server.end()
    # Without an answer it is uncertain whether the large push is kept; each edit was made once.
    made = {f"edit invented: {edit['stamp']}" for edit in large}
    broken = [
        one for one in find_violations(ground.machine.data, day, whole=True) if one not in made
    ]
    tally.add(66, 2 * scale, len(broken))
    assert broken == []


def too_much(day: Day) -> list[dict[str, Any]]:
    """A push of seven megabytes by a copy of this phone, so that its own chain is as it was."""
    twin = day.phone.twin()
    note = {"value": "fail", "note": "长" * 2000}
    fields = {f"answers/P{point}-0{item}": note for point in range(1, 6) for item in range(1, 4)}
    return [twin.edit(new_record(), fields) for _ in range(80)]


def used_bytes(server: Server) -> int:
    """How much address space it has now."""
    pages = int(Path(f"/proc/{server.pid}/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()
