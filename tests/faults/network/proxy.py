"""A TCP proxy on loopback that breaks connections the way networks do, drawn from a seed."""

from __future__ import annotations

import random
import socket
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from tests.faults.network.line import Fault, Line, reset, send_copy

# How often each fault is drawn when a connection is to fail. A black hole costs a phone all of
# its patience, so there are few of them.
WEIGHTS = {
    "refuse": 12,
    "cut_request": 16,
    "cut_response": 22,
    "truncate": 14,
    "flip_up": 8,
    "flip_down": 8,
    "duplicate": 14,
    "latency": 10,
    "blackhole": 2,
}
ALONE = ("refuse", "portal", "blackhole")
LATENCY_S = 0.15
ACCEPT_S = 0.2
PORTAL = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 26\r\nConnection: close\r\n\r\n"
    b"<h1>Free Wi-Fi: log in</h1"
)

CALM = Fault()
Plan = Callable[[], Fault]


@dataclass
class Weather:
    """Faults drawn from a seed: so great a share of connections fails, each in one way."""

    seed: int
    share: float
    weights: dict[str, int] = field(default_factory=lambda: dict(WEIGHTS))

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._lock = threading.Lock()

    def __call__(self) -> Fault:
        with self._lock:
            if self._random.random() >= self.share:
                return CALM
            (kind,) = self._random.choices(list(self.weights), list(self.weights.values()))
            return Fault(kind, self._random.random(), seconds=LATENCY_S)


class FaultProxy:
    """Listens on a port of its own and carries each connection to the server, or does not.

    ``fired`` counts what really happened to connections; a cut that was to come after the last
    byte of a message did not happen. ``down`` counts those that met no server.
    """

    def __init__(self, upstream: Callable[[], int], plan: Plan = lambda: CALM) -> None:
        self.upstream = upstream
        self.plan = plan
        self.fired: Counter[str] = Counter()
        self.connections = 0
        self.down = 0
        self.bytes_up = 0
        self.drop_every = 0  # bytes up, on whichever connections, after which the link goes down
        self._until_drop = 0
        self._lock = threading.Lock()
        self._open: set[Line] = set()
        self._threads: list[threading.Thread] = []
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._listener.settimeout(ACCEPT_S)
        self._start(self._listen)

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    @property
    def faulted(self) -> float:
        """The share of connections that a fault befell, of all that met a server."""
        return sum(self.fired.values()) / max(1, self.connections - self.down)

    def cut_all(self) -> None:
        """Reset every connection under way, as a link that goes down does."""
        with self._lock:
            lines = list(self._open)
        for line in lines:
            line.cut()

    def close(self) -> None:
        """Stop listening, cut what is open, and wait for every thread."""
        self._closing.set()
        self.cut_all()
        for thread in list(self._threads):
            thread.join(timeout=30)
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_why: object) -> None:
        self.close()

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads = [other for other in self._threads if other.is_alive()]
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            client.settimeout(None)
            self.connections += 1
            fault = self.plan()
            self._start(lambda client=client, fault=fault: self._carry(client, fault))

    def _carry(self, client: socket.socket, fault: Fault) -> None:
        with client:
            try:
                server = socket.create_connection(("127.0.0.1", self.upstream()), timeout=5)
            except OSError:  # the server is down: so is the connection, whatever was to befall it
                self.down += 1
                reset(client)
                return
            with server:
                if fault.kind in ALONE:
                    self._note(fault.kind)
                    self._answer_alone(client, fault.kind)
                else:
                    self._run(Line(client, server, fault, self._note, self._allow))

    def _answer_alone(self, client: socket.socket, kind: str) -> None:
        """What the server never hears of."""
        if kind == "refuse":
            reset(client)
        elif kind == "portal":
            client.recv(65536)
            client.sendall(PORTAL)
        else:
            self._swallow(client)

    def _run(self, line: Line) -> None:
        with self._lock:
            self._open.add(line)
        try:
            line.run()
        finally:
            with self._lock:
                self._open.discard(line)
                self.bytes_up += line.carried_up
        if line.fault.kind == "duplicate" and line.request_is_whole:
            self._note("duplicate")
            send_copy(self.upstream(), bytes(line.request))

    def _swallow(self, client: socket.socket) -> None:
        """Take everything, answer nothing, until the other side gives up."""
        client.settimeout(ACCEPT_S)
        while not self._closing.is_set():
            try:
                if not client.recv(65536):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def _allow(self, size: int) -> int:
        with self._lock:
            if not self.drop_every:
                return size
            self._until_drop = self._until_drop or self.drop_every
            allowed = min(size, self._until_drop)
            self._until_drop -= allowed
            return allowed

    def _note(self, kind: str) -> None:
        with self._lock:
            self.fired[kind] += 1
