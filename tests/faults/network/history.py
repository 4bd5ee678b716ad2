"""What phones saw and said, in the order in which each of them did: all that the checker gets."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, TypeVar


@dataclass(frozen=True)
class Local:
    """An edit that a phone showed as saved. ``digest`` is its name: a stamp may be misused."""

    device: str
    user: str
    digest: str
    edit: dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """These edits went out; whether they arrived is not known yet (invoke)."""

    device: str
    digests: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """Receipts that came back whole, by digest, the gaps that the server named, and the size of
    the evidence log as the same answer told it (ok).
    """

    device: str
    receipts: tuple[tuple[str, dict[str, Any]], ...]
    missing: tuple[tuple[int, int], ...]
    leaves: int


@dataclass(frozen=True)
class Uncertain:
    """No answer, or one that cannot be believed (info)."""

    device: str
    why: str


@dataclass(frozen=True)
class Pulled:
    """One page: the cursor before and after, what was in it, and the phone's state after it."""

    device: str
    user: str
    before: str | None
    after: str
    more: bool
    records: tuple[dict[str, Any], ...]
    state: str  # the hash of everything that this phone has pulled, when this was the last page


@dataclass(frozen=True)
class SawHead:
    """The evidence log's size and hash as a reply told them."""

    device: str
    size: int
    hash: str


@dataclass(frozen=True)
class SawPhoto:
    """The server said that this photo is verified."""

    device: str
    sha256: str


@dataclass(frozen=True)
class End:
    """What a phone holds in the end, each edit by its digest.

    ``pulled`` is all that it was sent, when it has pulled to the end after the last edit.
    """

    device: str
    user: str
    outbox: frozenset[str]
    arrived: frozenset[str]
    refused: frozenset[str]
    shown_waiting: int
    photos_waiting: int
    pulled: dict[tuple[str, str], Any] | None = None


Kind = TypeVar("Kind")
Line = Local | Sent | Told | Uncertain | Pulled | SawHead | SawPhoto | End


@dataclass
class History:
    """Lines of many phones at once; each phone's own are in its own order."""

    lines: list[Line] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, line: Line) -> None:
        with self._lock:
            self.lines.append(line)

    def of(self, kind: type[Kind]) -> list[Kind]:
        """The lines of one kind, in order."""
        return [line for line in self.lines if isinstance(line, kind)]
