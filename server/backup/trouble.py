"""Why a backup or a restore was not done: a word of words/backup.json, filled."""

from __future__ import annotations


class BackupTrouble(Exception):
    """An expected failure; ``key`` is the sentence under ``backup.`` that says it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values
