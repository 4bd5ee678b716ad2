"""A web server before the real one: serves a copy of the built app that tests may change, and
passes everything else on. With a certificate it speaks TLS.
"""

from __future__ import annotations

import http.client
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from tests.e2e.serving import Server, free_port

DIST = Path(__file__).resolve().parents[3] / "pwa" / "dist"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "server", "date"}


class Front:
    """Stands at one port for as long as it is open; ``missing`` names files that are not there."""

    def __init__(self, house: Server, dist: Path, port: int, tls: ssl.SSLContext | None) -> None:
        self.house, self.dist, self.missing = house, dist, set[str]()
        handler = type("Passing", (_Passing,), {"front": self})
        self.listener = _Quiet(("127.0.0.1", port), handler)
        self.port = self.listener.server_address[1]
        if tls:
            self.listener.socket = tls.wrap_socket(
                self.listener.socket, server_side=True, do_handshake_on_connect=False
            )
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.listener.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.listener.shutdown()
        self.thread.join()
        self.listener.server_close()
        self.listener.hang_up()


@contextmanager
def standing_front(
    house: Server, folder: Path, port: int = 0, tls: ssl.SSLContext | None = None
) -> Iterator[Front]:
    """Over a copy of the app of its own, made once per folder."""
    dist = folder / "dist"
    if not dist.exists():
        shutil.copytree(DIST, dist, ignore=shutil.ignore_patterns("*.br", "*.gz"))
    with Front(house, dist, port or free_port(), tls) as front:
        yield front


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.lines: list[Any] = []

    def process_request(self, request: Any, client_address: Any) -> None:
        self.lines.append(request)
        super().process_request(request, client_address)

    def hang_up(self) -> None:
        """Browsers keep lines open, which would lead to this server after its end."""
        for line in self.lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A phone that hangs up is what these tests are about."""


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    front: ClassVar[Front]

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if not path.startswith("/app/"):
            self._pass_on()
            return
        file = self.front.dist / (path.removeprefix("/app/") or "index.html")
        if path in self.front.missing or not file.is_file():
            self._answer(404, {"Content-Type": "text/plain"}, b"not found")
            return
        kind = TYPES.get(file.suffix, "application/octet-stream")
        headers = {"Content-Type": kind, "Cache-Control": "no-store"}
        self._answer(200, headers, file.read_bytes())

    def __getattr__(self, name: str) -> Any:
        """Every other verb is the real server's business; Python asks for them by these names."""
        if name.startswith("do_"):
            return self._pass_on
        raise AttributeError(name)

    def _pass_on(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else None
        onward = http.client.HTTPConnection("127.0.0.1", self.front.house.port, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        onward.request(self.command, self.path, body, headers)
        reply = onward.getresponse()
        content = reply.read()
        kept = {name: value for name, value in reply.getheaders() if name.lower() not in HOP}
        self._answer(reply.status, kept, content)
        onward.close()

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: the real server logs what it gets."""
        del code, size
