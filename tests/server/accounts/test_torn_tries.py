"""A file of counts that a power cut has torn locks nobody out: it is begun anew."""

from __future__ import annotations

import random
from pathlib import Path

from server.accounts.limits import ENROL
from server.accounts.tries import Tries
from tests.support.clock import HandClock


def test_whatever_is_torn_in_the_file_tries_are_counted_again(
    tmp_path: Path, clock: HandClock
) -> None:
    tries = Tries(tmp_path / "tries.sqlite3", clock)
    chance = random.Random(63)
    for _ in range(20):
        number = tries.count("enrol", "10.0.0.1", ENROL)
        assert number is not None
        tries.forgive(number)
        content = bytearray(tries.path.read_bytes())
        for start in range(0, len(content), 512):
            if chance.random() < 0.5:
                content[start : start + 512] = bytes(512)
        tries.path.write_bytes(content)
    assert tries.count("enrol", "10.0.0.1", ENROL) is not None
