"""One connection through the fault proxy, byte by byte, and what may befall it."""

from __future__ import annotations

import re
import select
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field

PIECE = 16 * 1024
GLANCE_S = 0.2
IDLE_S = 60.0
COPY_S = 20.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
UP = ("cut_request", "flip_up", "duplicate")
DOWN = ("cut_response", "truncate", "flip_down")


@dataclass(frozen=True)
class Fault:
    """What happens to one connection, and where: at the share ``place`` of the message's length,
    or at ``byte`` of it when that is given.
    """

    kind: str = "none"
    place: float = 0.0
    byte: int | None = None
    bytes_per_second: float = 0.0
    seconds: float = 0.0

    def strikes_at(self, total: int) -> int:
        """The byte of a message of that length at which it strikes."""
        return int(self.place * total) if self.byte is None else self.byte


class _End(Exception):
    """The connection is over."""


@dataclass(eq=False)
class Line:
    """Carries bytes both ways until either side ends or the fault strikes."""

    client: socket.socket
    server: socket.socket
    fault: Fault
    note: Callable[[str], None]
    # How many of so many bytes the link still lets through before it goes down.
    allow: Callable[[int], int] = int
    request: bytearray = field(default_factory=bytearray)
    carried_up: int = 0
    _carried_down: int = 0
    _held: bytearray = field(default_factory=bytearray)
    _place: int | None = None
    _cut: bool = False
    _late: bool = False

    @property
    def request_is_whole(self) -> bool:
        total = message_length(self.request)
        return total is not None and len(self.request) >= total

    def cut(self) -> None:
        """End it from another thread."""
        self._cut = True

    def run(self) -> None:
        """Until the end of the connection, whichever way it comes."""
        try:
            while not self._cut:
                if not self._turn():
                    break
        except (_End, OSError):
            pass
        if self._cut:
            reset(self.client)
            reset(self.server)

    def _turn(self) -> bool:
        ready, _, _ = select.select([self.client, self.server], [], [], GLANCE_S)
        # First what came up: a server that hangs up early must not hide what the phone sent.
        for source in (self.client, self.server):
            if source not in ready:
                continue
            data = source.recv(self._piece())
            if not data:
                return False
            if source is self.client:
                self._up(data)
            else:
                self._down(data)
        return True

    def _piece(self) -> int:
        rate = self.fault.bytes_per_second
        return max(1, int(rate / 20)) if rate else PIECE

    def _wait(self, size: int) -> None:
        if self.fault.bytes_per_second:
            time.sleep(size / self.fault.bytes_per_second)
        if self.fault.kind == "latency" and not self._late:
            self._late = True
            self.note("latency")
            time.sleep(self.fault.seconds)

    def _up(self, data: bytes) -> None:
        self._wait(len(data))
        if self.fault.kind in UP:
            self.request += data
            self._strike_up(data)
            return
        allowed = self.allow(len(data))
        self.server.sendall(data[:allowed])
        self.carried_up += allowed
        if allowed < len(data):
            self.note("drop")
            time.sleep(0.005)
            self._cut = True

    def _strike_up(self, data: bytes) -> None:
        """Hold the head back until the length of the whole is known, then strike at the place."""
        self._held += data
        if self._place is None:
            total = message_length(self._held)
            if total is None:
                return
            self._place = self.fault.strikes_at(total)
        out, self._held = bytes(self._held), bytearray()
        out = self._spoil(out, self.carried_up, self.server)
        self.server.sendall(out)
        self.carried_up += len(out)

    def _down(self, data: bytes) -> None:
        self._wait(len(data))
        if self.fault.kind in DOWN:
            if self._place is None:
                total = message_length(data) or len(data)
                self._place = self.fault.strikes_at(total)
            data = self._spoil(data, self._carried_down, self.client)
        self.client.sendall(data)
        self._carried_down += len(data)

    def _spoil(self, data: bytes, carried: int, target: socket.socket) -> bytes:
        """These bytes as they arrive; the fault strikes if its place is among them."""
        place = (self._place or 0) - carried
        if self.fault.kind == "duplicate" or not 0 <= place < len(data):
            return data
        self.note(self.fault.kind)
        if self.fault.kind in ("flip_up", "flip_down"):
            flipped = data[place] ^ (1 << (place % 7))
            return data[:place] + bytes([flipped]) + data[place + 1 :]
        target.sendall(data[:place])
        if self.fault.kind == "truncate":  # an orderly end, too early
            raise _End
        # Let what was sent be read before the reset throws the rest away.
        time.sleep(0.005)
        self._cut = True
        raise _End


def message_length(buffer: bytes | bytearray) -> int | None:
    """How long the HTTP message that begins so will be; None until its head is here."""
    head = buffer.find(b"\r\n\r\n")
    if head < 0:
        return None
    found = _LENGTH.search(bytes(buffer[: head + 2]))
    return head + 4 + (int(found[1]) if found else 0)


def reset(line: socket.socket) -> None:
    """End a connection with RST: the other side gets an error and no orderly end."""
    try:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.close()
    except OSError:  # gone already
        pass


def send_copy(port: int, request: bytes) -> bytes:
    """The same request once more on a connection of its own, as it was; the whole answer."""
    answer = bytearray()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=COPY_S) as line:
            line.sendall(request)
            while piece := line.recv(PIECE):
                answer += piece
    except OSError:  # a copy that gets lost is only a copy
        pass
    return bytes(answer)
