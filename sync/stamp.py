"""Hybrid logical clock stamps: plain text whose order is the order in which edits win."""

import re
from dataclasses import dataclass

MAX_MS = 10**13 - 1
MAX_COUNTER = 0xFFFF
# A clock beyond this reads nonsense. Ignoring it leaves room above every stamp we make,
# so a phone set to the year 2286 can still write after its clock is put right.
MAX_CLOCK_MS = MAX_MS - 10**9

_STAMP = re.compile(r"([0-9]{13})-([0-9a-f]{4})-([0-9a-f]{16})")
_DEVICE = re.compile(r"[0-9a-f]{16}")


class StampsExhausted(OverflowError):
    """No stamp is left above the greatest one; 13 digits of milliseconds are used up."""


@dataclass(frozen=True, order=True, slots=True)
class Stamp:
    """One moment of one device: Unix milliseconds, a counter inside them, 16 lower hex digits."""

    ms: int
    counter: int
    device: str

    def __post_init__(self) -> None:
        if not 0 <= self.ms <= MAX_MS or not 0 <= self.counter <= MAX_COUNTER:
            raise ValueError("milliseconds or counter out of range")
        if not is_device_id(self.device):
            raise ValueError("a device id is 16 lower-case hex digits")

    def __str__(self) -> str:
        return f"{self.ms:013d}-{self.counter:04x}-{self.device}"


def parse_stamp(text: object) -> Stamp | None:
    """The stamp that this text is, or None; text that would print otherwise is none."""
    found = _STAMP.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    return Stamp(int(found[1]), int(found[2], 16), found[3])


def next_stamp(last: Stamp | None, now_ms: int, device: str) -> Stamp:
    """A stamp greater than `last`, whatever the clock says; raises StampsExhausted at the end."""
    seen_ms = last.ms if last else 0
    clock_ms = now_ms if 0 <= now_ms <= MAX_CLOCK_MS else seen_ms
    if last is None or clock_ms > last.ms:
        return Stamp(clock_ms, 0, device)
    if last.counter < MAX_COUNTER:
        return Stamp(last.ms, last.counter + 1, device)
    if last.ms == MAX_MS:
        raise StampsExhausted("no stamp is left")
    return Stamp(last.ms + 1, 0, device)


def is_device_id(text: object) -> bool:
    return isinstance(text, str) and _DEVICE.fullmatch(text) is not None
