"""Trials of power cuts: record a phase once, then cut at many moments and come back each time."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from tests.faults.disk.powercut import OUTCOMES, TRACED, Disk, disk_of
from tests.faults.disk.tracing import Point, traced
from tests.faults.disk.trials import Ground, come_back
from tests.faults.disk.workload import PHASES, Day, work

# Long enough for the largest write of the workload.
LONGEST = 1 << 22


@dataclass(frozen=True)
class Recording:
    """Every call of a phase, the disk before it, and the phone's memory after each answer."""

    phase: str
    log: Path
    before: Disk
    memories: list[Day]

    def after_the_last_answer(self) -> list[Cut]:
        """The cuts at the moment when the phone has just been told the last thing."""
        calls = list(_fresh(self).replay(self.log))
        last = max(place for place, call in enumerate(calls, start=1) if call == "sendto")
        return [Cut(last, outcome) for outcome in OUTCOMES]

    @property
    def folder_sync_failed(self) -> bool:
        """The failed call was SQLite's, on the folder of its new files; it passes over that."""
        lines = self.log.read_text(encoding="ascii", errors="replace").splitlines()
        failed = [line for line in lines if line.startswith("fdatasync(") and "EIO" in line]
        here = "".join(f"\\x{octet:02x}" for octet in str(self.before.root).encode())
        return any(f"<{here}>" in line for line in failed)


@dataclass(frozen=True, order=True)
class Cut:
    """The power fails after that many calls, and this is what the disk makes of it."""

    after: int
    outcome: str


def record(ground: Ground, phase: str, patch: str = "", point: Point | None = None) -> Recording:
    """Do a phase's work, with this one call failing if one is named."""
    machine, day = ground.machine, ground.put_back(phase)
    before = disk_of(machine.data)
    server = machine.start(patch)
    memories: list[Day] = []
    server.before_asking = lambda: memories.append(day.copy())
    day.reach(server.client())
    log = machine.folder / f"recorded-{phase}"
    options = ["-y", "-xx", "-s", str(LONGEST), "-o", str(log), "-e", f"trace={TRACED}"]
    with traced(server, *options, *(["-e", point.injection] if point else [])):
        work(day, PHASES[phase])
        memories.append(day.copy())
        server.end()
    return Recording(phase, log, before, memories)


def choose_cuts(recording: Recording, most: int, seed: int) -> list[Cut]:
    """Right after each answer first of all: there every promise is newest. Then anywhere."""
    calls = list(_fresh(recording).replay(recording.log))
    chance = random.Random(seed)
    answered = [
        Cut(place, outcome)
        for place, call in enumerate(calls, start=1)
        for outcome in OUTCOMES
        if call == "sendto"
    ]
    others = [Cut(place + 1, outcome) for place in range(len(calls)) for outcome in OUTCOMES]
    others = [cut for cut in others if cut not in set(answered)]
    chosen = chance.sample(answered, min(len(answered), most - most // 4))
    return chosen + chance.sample(others, min(len(others), most - len(chosen)))


def cut_power(
    ground: Ground, recording: Recording, cuts: list[Cut], patch: str = ""
) -> dict[str, list[str]]:
    """What is broken after each of the cuts; nothing for those that broke nothing."""
    disk, broken = _fresh(recording), {}
    wanted: dict[int, list[Cut]] = {}
    for cut in cuts:
        wanted.setdefault(cut.after, []).append(cut)
    for place, _call in enumerate(disk.replay(recording.log), start=1):
        for cut in wanted.get(place, []):
            chance = random.Random(f"{cut}")
            disk.materialise(ground.machine.data, cut.outcome, chance)
            day = recording.memories[min(disk.answers, len(recording.memories) - 1)].copy()
            found = come_back(ground.machine, day, recording.phase, patch)
            if found:
                broken[f"{cut} ({disk.answers} answers)"] = found
    return broken


def _fresh(recording: Recording) -> Disk:
    before = recording.before
    return Disk(before.root, *_copied(before))


def _copied(disk: Disk) -> tuple[dict, dict]:
    twins = {
        name: None if file is None else type(file)(bytearray(file.now), file.synced)
        for name, file in disk.names.items()
    }
    return twins, dict(twins)
