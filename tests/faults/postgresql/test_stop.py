"""PostgreSQL ends at once under load and starts again: all that was acknowledged is there."""

from __future__ import annotations

import threading
import time

from tests.faults.network.fleet import Progress, Work, drain, make_phones, run_phones
from tests.faults.network.history import Local
from tests.faults.network.serving import Server
from tests.faults.network.town import Town
from tests.faults.postgresql.conftest import Bench, Check
from tests.faults.tally import Tally

PHONES, EDITS, STOPS = 6, 48, 1


class Stopper(threading.Thread):
    """Stops the database at moments spread over the work, and notes how long it was away."""

    def __init__(self, bench: Bench, progress: Progress, total: int, stops: int) -> None:
        super().__init__()
        self.bench, self.progress = bench, progress
        self.moments = [total * (place + 1) // (stops + 2) for place in range(stops)]
        self.away_s: list[float] = []

    def run(self) -> None:
        for moment in self.moments:
            self.progress.wait_for(moment)
            began = time.monotonic()
            self.bench.restart()
            self.away_s.append(time.monotonic() - began)


def test_an_immediate_stop_loses_nothing_that_was_acknowledged(
    bench: Bench, server: Server, town: Town, check: Check, scale: int, tally: Tally
) -> None:
    phones = make_phones(town, server.port, PHONES, repeats=0.1)
    progress, total, stops = Progress(), EDITS * scale, STOPS * min(scale, 5)
    stopper = Stopper(bench, progress, total, stops)
    stopper.start()
    run_phones(town, phones, Work(total // PHONES, tries=3), progress)
    stopper.join()
    drain(phones)
    found = check()
    tally.add(77, stops, len(found))
    tally.measured("postgresql: edits", len(town.history.of(Local)), "")
    tally.measured("postgresql: longest restart", round(max(stopper.away_s), 2), "s")
    assert found == []
    assert len(stopper.away_s) == stops
