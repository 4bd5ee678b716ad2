"""Log lines that hold nobody up: where a line cannot be written now, the request goes on."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO, cast

import structlog

# A pipe that is ready takes this much at once, or nothing; more could wait for its reader.
LONGEST_BYTES = 4096


class Lines:
    """Standard output for a logger. A full disk, or a pipe that nobody reads, loses the line."""

    def __init__(self) -> None:
        self._waiting = ""

    def write(self, text: str) -> int:
        self._waiting += text
        return len(text)

    def flush(self) -> None:
        line, self._waiting = self._waiting, ""
        with suppress(OSError, ValueError):  # ValueError: it has been closed
            handle = _handle(sys.stdout)
            if handle is None:
                sys.stdout.write(line)
            elif select.select([], [handle], [], 0)[1]:
                os.write(handle, line.encode("utf-8", "backslashreplace")[:LONGEST_BYTES])


def register_logs() -> None:
    """Unless a command has said where its lines go."""
    if not structlog.is_configured():
        send_lines(lambda: cast(TextIO, Lines()))


def send_lines(to: Callable[[], TextIO]) -> None:
    """Log to the stream that this gives. What went wrong is told without the values of variables,
    which some tracebacks show: secrets are among them, and many may read a log.
    """
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(to()))
    renderer = structlog.dev.ConsoleRenderer.get_active()
    renderer.exception_formatter = structlog.dev.plain_traceback


def _handle(stream: TextIO) -> int | None:
    try:
        return stream.fileno()
    except OSError:
        return None  # a stream of this process's own, such as a test's
