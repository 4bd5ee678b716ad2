"""Over real sockets: the line is cut, the server is killed, and the upload goes on from there."""

from __future__ import annotations

import http.client
import signal
import socket
import time
from collections.abc import Callable

import pytest

from tests.interop.conftest import Server
from tests.support.drawing import sha256_of
from tests.support.phone import Phone
from tests.support.tus import PART, metadata

PATIENCE_S = 60
Ask = Callable[..., http.client.HTTPResponse]
Send = Callable[[int], socket.socket]
Finish = Callable[[int], None]


@pytest.fixture
def ask(server: Server, inspector: Phone) -> Ask:
    """One request on a line of its own; the answer without its body."""

    def request(
        method: str, path: str, body: object = None, **headers: str
    ) -> http.client.HTTPResponse:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named |= {"Tus-Resumable": "1.0.0", **inspector.headers}
        line.request(method, path, body, named)  # type: ignore[arg-type]
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer

    return request


@pytest.fixture
def path(ask: Ask, photo: bytes) -> str:
    """An upload that has begun."""
    named = {"Upload_Length": str(len(photo)), "Upload_Metadata": metadata(sha256_of(photo))}
    location = ask("POST", "/api/v1/uploads", **named).headers["Location"]
    assert location
    return location


@pytest.fixture
def send_some(server: Server, inspector: Phone, photo: bytes, path: str) -> Send:
    """Announce the whole photo, send only so much, and leave the line open."""

    def send(arrives: int) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S)
        head = f"PATCH {path} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
        head += f"Authorization: Bearer {inspector.token}\r\nContent-Type: {PART}\r\n"
        line.sendall(f"{head}Content-Length: {len(photo)}\r\n\r\n".encode() + photo[:arrives])
        return line

    return send


@pytest.fixture
def finish(ask: Ask, photo: bytes, path: str, read_kept: Callable[[bytes], bytes | None]) -> Finish:
    """Send the rest, and see the whole photo kept."""

    def send_rest(offset: int) -> None:
        answer = ask("PATCH", path, photo[offset:], Upload_Offset=str(offset), Content_Type=PART)
        assert answer.status == 204
        assert read_kept(photo) == photo

    return send_rest


def wait_for_offset(ask: Ask, path: str, at_least: int) -> int:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        offset = int(ask("HEAD", path).headers["Upload-Offset"] or -1)
        if offset >= at_least or time.monotonic() > deadline:
            return offset
        time.sleep(0.05)


def test_every_byte_before_a_cut_stays(
    ask: Ask, path: str, send_some: Send, finish: Finish
) -> None:
    send_some(123_457).close()
    assert wait_for_offset(ask, path, 123_457) == 123_457
    finish(123_457)


def test_a_line_gone_dead_keeps_nobody_from_going_on(
    ask: Ask, path: str, send_some: Send, finish: Finish
) -> None:
    with send_some(100_000):
        offset = wait_for_offset(ask, path, 65_536)
        assert 65_536 <= offset <= 100_000
        finish(offset)


def test_a_server_killed_in_the_middle_goes_on_from_what_it_had(
    server: Server, ask: Ask, path: str, send_some: Send, finish: Finish
) -> None:
    with send_some(200_000):
        before = wait_for_offset(ask, path, 150_000)
        server.end(signal.SIGKILL)
    server.start()
    offset = int(ask("HEAD", path).headers["Upload-Offset"] or -1)
    assert 150_000 <= before <= offset <= 200_000
    finish(offset)


def test_a_body_in_chunks_of_unknown_length_is_taken(
    ask: Ask, photo: bytes, path: str, finish: Finish
) -> None:
    pieces = (photo[begin : begin + 7_000] for begin in range(0, 98_000, 7_000))
    answer = ask("PATCH", path, pieces, Upload_Offset="0", Content_Type=PART)
    assert (answer.status, answer.headers["Upload-Offset"]) == (204, "98000")
    finish(98_000)
