"""Many phones at once: each works in a thread of its own, then all of them drain in calm."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.faults.network.phone import Habits, Phone
from tests.faults.network.town import YEAR_MS, Town, new_record

SHORTEST_PAUSE_S = 0.02
LONGEST_PAUSE_S = 0.8
ODD_CLOCKS_MS = (10 * YEAR_MS, -15 * YEAR_MS, 3 * YEAR_MS)


@dataclass
class Work:
    """How much every phone writes, and how."""

    edits: int
    burst: int = 4  # edits saved between two tries to send
    revisits: float = 0.3  # share of edits that change a record the phone has written before
    forgeries: float = 0.0  # share of edits followed by another under the same stamp
    bad_fields: float = 0.0  # share of edits whose value does not fit: refused, and kept
    tries: int = 1
    pause_s: float = 0.0


@dataclass
class Progress:
    """How many edits all phones together have saved; whoever waits for a count is told."""

    saved: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, number: int) -> None:
        with self._changed:
            self.saved += number
            self._changed.notify_all()

    def wait_for(self, number: int, patience_s: float = 600) -> bool:
        """True when so many are saved; False when nothing came of it in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.saved >= number, patience_s)


def make_phones(town: Town, port: int, number: int, **habits: float) -> list[Phone]:
    """Phones for half as many users, so that each user has two; one clock in six is years off."""
    made: list[Phone] = []
    for place in range(number):
        own = Habits(skew_ms=ODD_CLOCKS_MS[place // 6 % 3] if place % 6 == 5 else 0)
        for name, value in habits.items():
            setattr(own, name, value)
        made.append(town.phone(f"inspector {place // 2}", port, own))
    return made


def run_phones(
    town: Town,
    phones: list[Phone],
    work: Work,
    progress: Progress | None = None,
    threads: int = 0,
) -> None:
    """Let every phone do its work; returns when all have saved all, sent or not."""
    progress = progress or Progress()
    shared = _shared_records(phones)
    in_parallel(phones, lambda phone: _work(town, phone, work, progress, shared), threads)


def drain(phones: list[Phone], patience_s: float = 60) -> list[float]:
    """Let every phone sync until nothing waits, then pull once more; seconds until each was done.

    Every phone's end is written down, whether it got there or not.
    """
    began = time.monotonic()
    took = in_parallel(phones, lambda phone: _drain(phone, began, patience_s))
    in_parallel(phones, lambda phone: _settle(phone, began + 2 * patience_s))
    return took


def in_parallel(
    phones: list[Phone], act: Callable[[Phone], float | None], threads: int = 0
) -> list[float]:
    """Do it with every phone at once, so many at a time; what each gave back."""
    with ThreadPoolExecutor(threads or len(phones)) as pool:
        return [given or 0.0 for given in pool.map(act, phones)]


def _shared_records(phones: list[Phone]) -> dict[str, list[str]]:
    """The records of each user: two phones of one user write into the same ones."""
    return {phone.user: [] for phone in phones}


def _work(
    town: Town, phone: Phone, work: Work, progress: Progress, shared: dict[str, list[str]]
) -> None:
    left = work.edits
    while left:
        burst = min(left, phone.chance.randint(1, work.burst))
        for _ in range(burst):
            _write(town, phone, work, shared[phone.user])
        left -= burst
        progress.add(burst)
        for attempt in range(work.tries):
            if phone.sync():
                break
            pause(phone.chance, attempt)
        time.sleep(work.pause_s)


def _write(town: Town, phone: Phone, work: Work, records: list[str]) -> None:
    chance = phone.chance
    if records and chance.random() < work.revisits:
        note = {"value": "fail", "note": f"canary of {phone.user}, {chance.random()}"}
        edit = phone.save(chance.choice(records), {"answers/P5-02": note})
    else:
        records.append(new_record())
        edit = phone.save(records[-1], town.fields(phone))
    if chance.random() < work.bad_fields:
        phone.save(new_record(), {"mode": "no such mode"})
    if chance.random() < work.forgeries:
        phone.forge(edit, fields={"answers/P6-03": {"value": "pass", "note": "forged"}})


def _drain(phone: Phone, began: float, patience_s: float) -> float:
    attempt = 0
    while not phone.sync() and time.monotonic() < began + patience_s:
        pause(phone.chance, attempt)
        attempt += 1
    return time.monotonic() - began


def _settle(phone: Phone, deadline: float) -> None:
    """One more pull when no phone writes any more, so that all hold the same."""
    is_current = False
    while not is_current and time.monotonic() < deadline:
        is_current = phone.sync()
    phone.end(is_current=is_current)


def pause(chance: random.Random, attempt: int) -> None:
    """Wait before the next try: longer each time, and never all phones at once."""
    longest = min(LONGEST_PAUSE_S, SHORTEST_PAUSE_S * 2**attempt)
    time.sleep(chance.uniform(longest / 2, longest))


def percentile(seconds: list[float], share: float) -> float:
    """The value below which that share lies."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
