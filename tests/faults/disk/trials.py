"""Trials: a phase of a phone's work with one fault in it, the way back, and what is broken then."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.disk.ledger import find_violations
from tests.faults.disk.machine import Machine, ServerGone, machine_in
from tests.faults.disk.tracing import CALLS, Point, failing_at, list_points, traced
from tests.faults.disk.workload import PHASES, Day, NeverRecovers, new_day, work
from tests.support.world import World, inspection_fields

RESTARTS = 4


@dataclass
class Ground:
    """A machine with a state of its disk, and the phone's memory, before each phase."""

    machine: Machine
    before: dict[str, Day]  # and ``done``: after all of them

    def put_back(self, phase: str) -> Day:
        """Disk and phone as they were before this phase."""
        self.machine.restore_state(phase)
        return self.before[phase].copy()


@contextmanager
def ground_in(folder: Path) -> Iterator[Ground]:
    """A machine on which each phase has gone well once."""
    with machine_in(folder) as machine:
        server = machine.start()
        made = server.ask({"path": "prepare"})
        day = new_day(server.client(), made["codes"], plain_fields(made["world"]))
        before: dict[str, Day] = {}
        for phase, steps in PHASES.items():
            server.end()
            machine.keep_state(phase)
            before[phase] = day.copy()
            server = machine.start()
            day.reach(server.client())
            work(day, steps)
            day.done = 0
        server.end()
        before["done"] = day.copy()
        assert find_violations(machine.data, day, whole=True) == []
        machine.keep_state("done")
        yield Ground(machine, before)


def plain_fields(world: dict[str, Any]) -> dict[str, Any]:
    """A finished inspection of this company's, without photos."""
    fields = inspection_fields(World(app=None, clock=None, **world))  # type: ignore[arg-type]
    fields["answers/P5-02"] = {"value": "fail", "note": "未佩戴服务证"}
    return fields


def count_points(
    ground: Ground, phase: str, faults: tuple[str, ...], patch: str = ""
) -> list[Point]:
    """Every place in this phase's work where the disk is changed, for each of the faults."""
    day = ground.put_back(phase)
    server = ground.machine.start(patch)
    day.reach(server.client())
    log = ground.machine.folder / f"calls-{phase}"
    with traced(server, "-o", str(log), "-e", f"trace={','.join(CALLS)}"):
        work(day, PHASES[phase])
        server.end()
    return list_points(log, faults)


def try_point(ground: Ground, phase: str, point: Point, patch: str = "") -> list[str]:
    """Do a phase's work with this fault in it, come back, end the work, and say what is broken."""
    machine, day = ground.machine, ground.put_back(phase)
    server = machine.start(patch)
    day.reach(server.client())
    log = machine.folder / "calls"
    gone = False
    with failing_at(server, point, log):
        try:
            work(day, PHASES[phase])
        except ServerGone:
            gone = True
        server.end() if not gone else server.wait()
    return come_back(machine, day, phase, patch)


def come_back(machine: Machine, day: Day, phase: str, patch: str = "") -> list[str]:
    """Restart the server and let the phone end its work: what is broken before and after that."""
    server = machine.start(patch)
    try:
        if server.client().get("/api/v1/healthz").status_code != 200:
            return ["the restarted server does not answer"]
        broken = find_violations(machine.data, day, whole=False)
        if broken:
            return broken
        day.reach(server.client())
        work(day, PHASES[phase])
        if phase != "enrol":
            day.push()  # once more: the same receipts for ever
        return find_violations(machine.data, day, whole=True)
    except NeverRecovers:
        return ["the server does not recover"]
    finally:
        server.end()


def choose(points: list[Point], most: int, seed: int) -> list[Point]:
    """All of them, or as many as there is time for, spread over the work."""
    if len(points) <= most:
        return points
    return random.Random(seed).sample(points, most)
