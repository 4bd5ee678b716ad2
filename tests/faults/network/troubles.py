"""What happens beside the phones: a server that is killed, and an office that decides meanwhile."""

from __future__ import annotations

import random
import threading

from tests.faults.network.fleet import Progress
from tests.faults.network.serving import Server
from tests.faults.network.stored import read_stored
from tests.faults.network.town import Town

DECISIONS = 12


class Killer(threading.Thread):
    """Kills workers and whole trees at moments spread over the work, drawn from the seed."""

    def __init__(
        self, server: Server, progress: Progress, total: int, workers: int, trees: int, seed: int
    ) -> None:
        super().__init__()
        self.server, self.progress = server, progress
        self.chance = random.Random(seed)
        kinds = ["worker"] * workers + ["tree"] * trees
        self.chance.shuffle(kinds)
        moments = [self.chance.uniform(0.1, 0.9) * total for _ in kinds]
        self.deeds = sorted(zip(moments, kinds, strict=True))
        self.restarts_s: list[float] = []

    def run(self) -> None:
        for moment, kind in self.deeds:
            self.progress.wait_for(int(moment))
            if kind == "worker":
                self.server.kill_worker(self.chance)
            else:
                self.server.kill_tree()
                self.restarts_s.append(self.server.start())


class Office(threading.Thread):
    """Confirms, returns and voids records while phones still write them."""

    def __init__(self, town: Town, server: Server, progress: Progress, total: int) -> None:
        super().__init__()
        self.town, self.server, self.progress, self.total = town, server, progress, total
        self.chance = random.Random(town.seed)
        self.settled = 0

    def run(self) -> None:
        for place in range(1, DECISIONS + 1):
            self.progress.wait_for(place * self.total // (DECISIONS + 4))
            rows = read_stored(self.server.data, self.town.company).inspections.values()
            ready = sorted(row["id"] for row in rows if row["status"] == "finished")
            for record in self.chance.sample(ready, min(3, len(ready))):
                move = self.chance.choice(["confirm", "confirm", "void", "return"])
                self.settled += self.town.review(record, move, "seen by the office")
