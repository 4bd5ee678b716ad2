"""The checker: a run's history against the database file, invariant by invariant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.faults.network.check_evidence import check_covered, check_heads, check_tree
from tests.faults.network.check_log import (
    check_chain,
    check_durable,
    check_exactly_once,
    check_gaps_named,
    check_invented,
    check_order,
    check_signatures,
)
from tests.faults.network.check_phones import (
    check_cursors,
    check_drained,
    check_phones,
    check_same_state,
    check_scope,
)
from tests.faults.network.check_records import (
    check_fold,
    check_late,
    check_photos,
    check_pulled_all,
    check_time,
)
from tests.faults.network.history import History
from tests.faults.network.stored import Stored, read_stored

Check = Callable[[Stored, History], Iterator[str]]
CHECKS: dict[str, tuple[Check, ...]] = {
    "I1 durable": (check_durable,),
    "I2 exactly once": (check_exactly_once,),
    "I3 nothing invented": (check_invented,),
    "I4 chain": (check_chain, check_signatures, check_tree),
    "I4b prefix": (check_heads,),
    "I5 evidence": (check_covered,),
    "I6 order": (check_order, check_gaps_named),
    "I7 converges": (check_fold, check_late, check_same_state, check_pulled_all),
    "I8 cursor": (check_cursors,),
    "I9 scope": (check_scope,),
    "I10 photos": (check_photos,),
    "I11 phone": (check_phones,),
    "I12 drained": (check_drained,),
    "I14 time": (check_time,),
}


def check_run(data: Path, company: str, history: History) -> list[str]:
    """Everything wrong with this run: one line each, the invariant first. Empty when all holds."""
    stored = read_stored(data, company)
    found = [] if stored.integrity == "ok" else [f"I0 database: {stored.integrity}"]
    for name, checks in CHECKS.items():
        for check in checks:
            found += [f"{name}: {what}" for what in check(stored, history)]
    return found
