"""What every set-up step does: say what is happening, run a command, know when nothing changed."""

import hashlib
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


class Failure(Exception):
    """A sentence for the reader: what is missing, or which command failed and what it printed."""


def say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


@contextmanager
def step(doing: str) -> Iterator[None]:
    started = time.monotonic()
    say(f"{doing} …")
    yield
    say(f"{doing}: done in {time.monotonic() - started:.1f} s")


def call(command: list[str], purpose: str) -> str:
    """Runs a command and returns what it printed; its words are shown only when it fails."""
    ended = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if ended.returncode != 0:
        words = "\n".join((ended.stdout + ended.stderr).strip().splitlines()[:25])
        raise Failure(f"{purpose} failed ({' '.join(command)}):\n{words}")
    return ended.stdout


def digest(paths: Iterable[Path], *also: str) -> str:
    """One hash of names and bytes, so that a renamed, changed or added file makes another."""
    total = hashlib.sha256("\n".join(also).encode())
    for path in sorted(paths):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"\n{path.name} {content}".encode())
    return total.hexdigest()


def is_stamped(stamp: Path, inputs: str) -> bool:
    return stamp.exists() and stamp.read_text() == inputs
