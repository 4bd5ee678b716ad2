"""Two processes that live and die together: the web server and the job worker."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GLANCE_SECONDS = 0.1
_PR_SET_PDEATHSIG = 1


@dataclass
class Children:
    """Child processes by name. ``asked`` is the signal that ended us, if one did."""

    commands: dict[str, list[str]]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    asked: int | None = None
    patience_seconds: float = 15.0

    def start(self) -> None:
        for name, command in self.commands.items():
            # Started before any thread exists, so a function between fork and exec is safe.
            self.running[name] = subprocess.Popen(  # noqa: S603
                command,
                preexec_fn=_end_with_parent,  # noqa: PLW1509
                process_group=0,  # Ctrl-C comes to us, and from us to them, once
            )

    def find_dead(self) -> str | None:
        """The name of a child that has ended, or None while all run."""
        return next(
            (name for name, child in self.running.items() if child.poll() is not None), None
        )

    def wait(self) -> str | None:
        """Until a child ends (its name) or a signal asks us to (None)."""
        while self.asked is None:
            dead = self.find_dead()
            if dead:
                return dead
            time.sleep(GLANCE_SECONDS)
        return None

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """True as soon as it is ready; False when time is over, a child died or we are asked."""
        end = time.monotonic() + seconds
        while self.asked is None and not self.find_dead() and time.monotonic() < end:
            if ready():
                return True
            time.sleep(GLANCE_SECONDS)
        return False

    def stop(self) -> None:
        """Ask all to end, then make them."""
        for child in self.running.values():
            if child.poll() is None:
                child.terminate()
        end = time.monotonic() + self.patience_seconds
        for child in self.running.values():
            try:
                child.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


@contextmanager
def raised(commands: dict[str, list[str]]) -> Iterator[Children]:
    """The children while they run; on the way out, whatever happened, none is left."""
    children = Children(commands)

    def remember(number: int, _frame: FrameType | None) -> None:
        children.asked = number

    before = {number: signal.signal(number, remember) for number in STOPPING}
    try:
        children.start()
        yield children
    finally:
        children.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_with_parent() -> None:
    # Killed outright we can end nobody, so on Linux the kernel does it for us.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
