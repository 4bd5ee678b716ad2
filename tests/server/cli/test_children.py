"""Two processes that live and die together."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from server.cli.children import Children, raised

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
]


def leave_with(code: int) -> list[str]:
    return [sys.executable, "-c", f"raise SystemExit({code})"]


def test_when_one_ends_by_itself_the_other_is_ended() -> None:
    with raised({"web": SLEEP, "worker": leave_with(3)}) as children:
        assert children.wait() == "worker"
    assert children.running["worker"].returncode == 3
    assert children.running["web"].returncode == -signal.SIGTERM


def test_a_signal_ends_the_waiting_and_both() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with raised({"web": SLEEP, "worker": SLEEP}) as children:
        os.kill(os.getpid(), signal.SIGTERM)
        assert children.wait() is None
    assert {child.returncode for child in children.running.values()} == {-signal.SIGTERM}
    assert signal.getsignal(signal.SIGTERM) is before


def test_nobody_is_left_when_something_breaks() -> None:
    seen: list[Children] = []

    def break_while_running() -> None:
        with raised({"web": SLEEP}) as children:
            seen.append(children)
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        break_while_running()
    assert seen[0].running["web"].returncode == -signal.SIGTERM


def test_a_child_that_does_not_listen_is_killed() -> None:
    with raised({"web": DEAF}) as children:
        children.patience_seconds = 0.5
        children.wait_until(lambda: False, 0.5)
    assert children.running["web"].returncode == -signal.SIGKILL


def test_waiting_ends_when_it_is_ready_or_a_child_died() -> None:
    with raised({"web": SLEEP}) as children:
        assert children.wait_until(lambda: True, 5)
        assert not children.wait_until(lambda: False, 0.2)
    with raised({"web": leave_with(1)}) as children:
        assert not children.wait_until(lambda: False, 30)
