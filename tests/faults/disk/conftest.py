"""Fixtures of the disk faults: a machine that is prepared once for all of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.faults.disk.trials import Ground, ground_in

# strace is Linux's; elsewhere nothing here can be shown.
collect_ignore_glob = [] if sys.platform == "linux" else ["test_*.py"]


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A machine with the states of its disk before each phase of a phone's work."""
    with ground_in(tmp_path_factory.mktemp("machine")) as ground:
        yield ground
