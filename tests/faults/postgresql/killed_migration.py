"""Runs the migrations again and again, each time killed one step later, until they come through.

A program of its own, so that what it forks has no threads: `python -m … <first> <step>`.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from typing import Any

from sqlalchemy import Engine, event

from server import create_app
from server.config import read_settings
from server.db import db
from server.migrations import upgrade


def main(first: int, step: int) -> int:
    """Prints how often it was killed."""
    for killed, last in enumerate(count(first, step)):
        child = os.fork()
        if not child:
            _migrate(last)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            print(killed)  # noqa: T201 - read by the test
            return os.waitstatus_to_exitcode(status)
    return 1


def _migrate(statements: int) -> None:
    """Migrate, and be killed before that many statements more than this have run."""
    left = iter(range(statements, -1, -1))

    def die(*_anything: Any) -> None:
        if not next(left, 0):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", die)
    app = create_app(read_settings())
    with app.app_context():
        upgrade()
        event.remove(Engine, "before_cursor_execute", die)
        db.engine.dispose()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
