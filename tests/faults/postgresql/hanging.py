"""Asks something that may never be answered, and tells whether it was."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

Given = TypeVar("Given")


def ask_while_hung(ask: Callable[[], Given], patience_s: float) -> Given | None:
    """The answer, or nothing when none came in that time; the asker is then left alone."""
    answers: list[Given] = []
    asker = threading.Thread(target=lambda: answers.append(ask()), daemon=True)
    asker.start()
    asker.join(patience_s)
    return answers[0] if answers else None
