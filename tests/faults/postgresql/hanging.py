"""Asks something that may never be answered, and tells whether it was."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Given = TypeVar("Given")


class Asker(threading.Thread, Generic[Given]):
    """Asks in a thread of its own, so that whoever waits for it need not wait for ever."""

    def __init__(self, ask: Callable[[], Given]) -> None:
        super().__init__()
        self.ask = ask
        self.answer: Given | None = None

    def run(self) -> None:
        self.answer = self.ask()

    def answer_within(self, patience_s: float) -> Given | None:
        """The answer, or nothing when none came in that time."""
        self.start()
        self.join(patience_s)
        return self.answer
