"""`mingcha` for tests: in this process, or started as another program would start it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

import pytest

from server.cli import main


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    code: object
    out: str
    err: str


@dataclass(frozen=True)
class Terminal:
    """Runs commands over $MINGCHA_DATA."""

    capsys: pytest.CaptureFixture[str]

    def run(self, *words: str) -> Done:
        """The command as `main` runs it; what was said before is let go."""
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as leaving:
            main(words)
        said = self.capsys.readouterr()
        return Done(leaving.value.code, said.out, said.err)

    def last_line(self, *words: str) -> str:
        done = self.run(*words)
        assert done.code == 0, done.err
        return done.out.splitlines()[-1]


def start(*words: str) -> Done:
    """The command as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)
