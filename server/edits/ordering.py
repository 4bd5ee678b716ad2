"""Which stamp orders an edit in the merge: its own, or one by the time of receipt. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from sync.stamp import MAX_COUNTER, Stamp, next_stamp, parse_stamp

_STEP = MAX_COUNTER + 1  # stamps of one device are the numbers ms * _STEP + counter


@dataclass
class Orders:
    """The effective stamps of one device by its claimed ones, and the server's greatest stamp.

    A device's own order is kept whatever the order of arrival: what it wrote later counts later.
    """

    placed: dict[str, str] = field(default_factory=dict)
    last: Stamp | None = None

    def order(self, claimed: Stamp, device: str, now_ms: int) -> str:
        """The stamp that counts for an edit claimed at that stamp and received now."""
        order = claimed if claimed.ms <= now_ms else self._by_receipt(claimed, device, now_ms)
        self.placed[str(claimed)] = str(order)
        return str(order)

    def _by_receipt(self, claimed: Stamp, device: str, now_ms: int) -> Stamp:
        text = str(claimed)
        earlier = parse_stamp(max((o for c, o in self.placed.items() if c < text), default=""))
        later = parse_stamp(min((o for c, o in self.placed.items() if c > text), default=""))
        if later:
            return _between(earlier, later, device)
        self.last = next_stamp(_greater(self.last, earlier), now_ms, device)
        return self.last


def _greater(a: Stamp | None, b: Stamp | None) -> Stamp | None:
    return max(filter(None, (a, b)), default=None)


def _between(earlier: Stamp | None, later: Stamp, device: str) -> Stamp:
    """Half-way, so that there is room for others that may still come in between."""
    high = later.ms * _STEP + later.counter
    low = earlier.ms * _STEP + earlier.counter if earlier else high - 2 * _STEP
    middle = max(0, (low + high) // 2)
    return Stamp(middle // _STEP, middle % _STEP, device)
